// How to reach the PBX: what is taken, what is refused and with which words,
// the socket itself over TLS, and a PBX that takes nothing.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTcp, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTls } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { AmiSocket } from '../../hub/src/pbx/ami_socket.js'
import { type PbxConfig, pbxConfig, pbxFromEnvironment } from '../../hub/src/pbx/config.js'

const dir = mkdtempSync(join(tmpdir(), 'ami-test-'))
afterAll(() => rmSync(dir, { recursive: true }))

const given = { url: 'ami://pbx.example', user: 'hub', secret: 'a secret' }

describe('the configuration', () => {
  it.each([
    ['ami://pbx.example', { host: 'pbx.example', port: 5038, tls: false, where: 'ami://pbx.example:5038' }],
    ['ami://pbx.example:80', { host: 'pbx.example', port: 80, tls: false }],
    ['amis://10.0.0.1:5039/', { host: '10.0.0.1', port: 5039, tls: true, where: 'amis://10.0.0.1:5039' }],
    ['amis://[::1]', { host: '::1', port: 5039, tls: true, where: 'amis://[::1]:5039' }],
  ])('%s', (url, expected) => {
    expect(pbxConfig({ ...given, url })).toMatchObject(expected)
  })

  it.each([
    ['http://pbx.example', 'Expected ami://host:5038'],
    ['pbx.example:5038', 'Expected ami://host:5038'],
    ['ami://', 'Expected ami://host:5038'],
    ['ami://pbx.example:99999', 'Expected ami://host:5038'],
    ['ami://pbx.example/path', 'more than a host and a port'],
    ['ami://hub:hidden-word@pbx.example', 'may hold no user or secret'],
  ])('%s is refused, with what to do and without what is secret', (url, words) => {
    expect(() => pbxConfig({ ...given, url })).toThrow(words)
    expect(() => pbxConfig({ ...given, url })).not.toThrow('hidden-word')
  })

  it.each([
    [{ user: '' }, 'OFFHOOK_AMI_USER is missing'],
    [{ secret: '' }, 'OFFHOOK_AMI_SECRET_FILE) is missing'],
    [{ secret: 'hidden-word\r\nAction: Command' }, 'holds a line end'],
    [{ user: 'hub\nSecret: x' }, 'holds a line end'],
    [{ secret: 'x'.repeat(300) }, 'longer than 256 bytes'],
    [{ ca: '/etc/hosts' }, 'for amis:// only'],
    [{ url: 'amis://pbx.example', ca: '/does/not/exist' }, 'cannot be read (ENOENT)'],
  ])('%j is refused', (more, words) => {
    const check = () => pbxConfig({ ...given, ...more })
    expect(check).toThrow(words)
    expect(check).not.toThrow('hidden-word')
  })

  it('comes from the environment, or a secret from a file, its line end left out', () => {
    const env = { OFFHOOK_AMI_URL: given.url, OFFHOOK_AMI_USER: 'hub', OFFHOOK_AMI_SECRET: 'a secret' }
    expect(pbxFromEnvironment(env)).toEqual(given)
    expect(pbxFromEnvironment({})).toBeUndefined()
    const file = join(dir, 'secret')
    writeFileSync(file, 'a secret\n')
    const { OFFHOOK_AMI_SECRET: _secret, ...rest } = env
    expect(pbxFromEnvironment({ ...rest, OFFHOOK_AMI_SECRET_FILE: file })).toEqual(given)
    expect(pbxFromEnvironment({}, { url: given.url, user: 'hub', secretFile: file })).toEqual(given)
    expect(() => pbxFromEnvironment({ ...env, OFFHOOK_AMI_SECRET_FILE: file })).toThrow('Unset one of them')
    expect(() => pbxFromEnvironment({ OFFHOOK_AMI_USER: 'hub' })).toThrow('no OFFHOOK_AMI_URL')
    expect(() => pbxFromEnvironment({ ...rest, OFFHOOK_AMI_SECRET_FILE: '/does/not/exist' })).toThrow('ENOENT')
  })
})

/** Opens a connection and tells what became of it. */
function opened(config: PbxConfig, onBytes: (text: string) => void = () => {}) {
  let socket!: AmiSocket
  const outcome = new Promise<string>((done) => {
    socket = new AmiSocket(config, {
      opened: () => done('opened'),
      closed: done,
      bytes: (bytes) => onBytes(Buffer.from(bytes).toString()),
    })
    socket.open()
  })
  return { socket, outcome }
}

const listening = async (server: Server) => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as { port: number }).port
}

describe('the socket', () => {
  it('speaks TLS to a certificate that it trusts, to that name only', async () => {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ]
    execFileSync('openssl', args, { stdio: 'ignore' })
    const server = createTls({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      socket.on('error', () => {})
      socket.write('Asterisk Call Manager/11.0.0\r\n')
    })
    server.on('tlsClientError', () => {})
    const port = await listening(server)
    const config = (url: string, more: object = {}) => pbxConfig({ ...given, url, ...more })
    let said: (text: string) => void = () => {}
    const banner = new Promise<string>((done) => {
      said = done
    })
    const good = opened(config(`amis://localhost:${port}`, { ca: cert }), said)
    expect(await good.outcome).toBe('opened')
    expect(await banner).toContain('Asterisk Call Manager')
    good.socket.close()
    expect(await opened(config(`amis://localhost:${port}`)).outcome).toContain('OFFHOOK_AMI_CA')
    expect(await opened(config(`amis://127.0.0.1:${port}`, { ca: cert })).outcome).toContain('for another name')
    server.close()
  })

  it('says that a PBX does not speak TLS', async () => {
    const server = createTcp((socket) => {
      socket.on('error', () => {})
      socket.write('Asterisk Call Manager/11.0.0\r\n')
    })
    const port = await listening(server)
    expect(await opened(pbxConfig({ ...given, url: `amis://127.0.0.1:${port}` })).outcome).toContain('TLS')
    server.close()
  })

  it('lets go a PBX that takes nothing, instead of keeping everything for it', async () => {
    const taken: Socket[] = []
    const server = createTcp((socket) => taken.push(socket.pause().on('error', () => {})))
    const port = await listening(server)
    let reason = ''
    const gone = new Promise<void>((done) => {
      const socket = new AmiSocket(pbxConfig({ ...given, url: `ami://127.0.0.1:${port}` }), {
        opened: () => {
          for (let i = 0; i < 64 && socket.write('x'.repeat(1024 * 1024)); i++);
        },
        closed: (why) => {
          reason = why
          done()
        },
        bytes: () => {},
      })
      socket.open()
    })
    await gone
    expect(reason).toContain('takes nothing')
    for (const socket of taken) socket.destroy()
    server.close()
  })
})
