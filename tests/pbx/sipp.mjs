// The load generator SIPp (Debian: sip-tester) as two hundred telephones that register, and that are gone all at once.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../tools/processes.mjs'

const first = 3001
const count = 200

const register = (expires) => `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="register">
  <send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[remote_ip]>;tag=[call_number]
To: <sip:[field0]@[remote_ip]>
Call-ID: [call_id]
CSeq: [cseq] REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: ${expires}
Content-Length: 0

]]></send>
  <recv response="100" optional="true"></recv>
  <recv response="200"></recv>
</scenario>
`

async function all(expires, perSecond) {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sipp-'))
  try {
    writeFileSync(join(folder, 'register.xml'), register(expires))
    const lines = Array.from({ length: count }, (_, i) => `${first + i};`)
    writeFileSync(join(folder, 'numbers.csv'), `SEQUENTIAL\n${lines.join('\n')}\n`)
    const args = ['127.0.0.1:5060', '-sf', join(folder, 'register.xml'), '-inf', join(folder, 'numbers.csv')]
    args.push(
      '-m',
      String(count),
      '-r',
      String(perSecond),
      '-l',
      String(count),
      '-i',
      '127.0.0.1',
      '-p',
      '5077',
      '-nostdin',
    )
    const { code, output, problem } = await run('sipp', args, { limitMs: 60_000, log: join(folder, 'sipp.log') })
    if (code !== 0) throw new Error(`sipp ended with ${code} ${problem ?? ''}: ${(output ?? '').slice(-2000)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All of them are there; resolves when the PBX has confirmed the last. */
export const registerAll = () => all(600, 100)

/** All of them are gone within a moment. */
export const dropAll = () => all(0, 1000)
