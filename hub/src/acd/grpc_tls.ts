// The certificate and key of the gRPC port, read and checked before anything is
// opened, so that a mistake is told at the start and not to the first client.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { OptionError } from '../options.js'

export interface GrpcTls {
  /** PEM: the certificate, then those that lead to its issuer. */
  cert: string
  /** PEM, without a passphrase. */
  key: string
}

/** Both from their files. Throws OptionError with what to do. */
export function readGrpcTls(certFile: string, keyFile: string): GrpcTls {
  return checkGrpcTls({ cert: read('certificate', certFile), key: read('key', keyFile) })
}

/** The same when the two belong together. Throws OptionError with what to do; the key is in no message. */
export function checkGrpcTls(tls: GrpcTls): GrpcTls {
  const certificate = parse('certificate', () => new X509Certificate(tls.cert))
  const key = parse('key', () => createPrivateKey(tls.key))
  if (!certificate.checkPrivateKey(key)) {
    throw new OptionError('gRPC: the key is not the key of the certificate. The first certificate of the file counts.')
  }
  return tls
}

function read(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new OptionError(`gRPC: the ${what} ${file} cannot be read (${code}). Give the path of a readable file.`)
  }
}

function parse<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch {
    throw new OptionError(`gRPC: the ${what} is none. Expected PEM${what === 'key' ? ' without a passphrase' : ''}.`)
  }
}
