// Signing in by extension and password. A CRM opens the console with a one-time
// code instead, and this page is never seen.

import { type FormEvent, useEffect, useRef } from 'react'
import { ringer } from '../lib/ring.ts'
import { resume, signIn, useEntry } from '../lib/session.ts'
import { Icon, Mark } from './icons.tsx'
import { Banner, Spinner } from './parts.tsx'

export function SignIn() {
  const entry = useEntry()
  const form = useRef<HTMLFormElement>(null)
  const busy = entry.phase === 'out' && entry.busy
  const message = entry.phase === 'out' ? entry.message : null

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    ringer.unlock()
    const fields = new FormData(event.currentTarget)
    void signIn({
      extension: String(fields.get('extension') ?? '').trim(),
      password: String(fields.get('password') ?? ''),
    })
  }

  return (
    <main className="sign-in">
      <section className="panel" aria-labelledby="sign-in-title">
        <div className="brand">
          <Mark />
          <span>Offhook</span>
        </div>
        <h1 id="sign-in-title">Sign in</h1>
        {message !== null && (
          <Banner tone="bad" icon="alert" inline title="You are not signed in.">
            {message}
          </Banner>
        )}
        <form ref={form} onSubmit={submit}>
          <label className="field">
            <span>Extension</span>
            <input
              className="in tall"
              name="extension"
              autoComplete="username"
              inputMode="numeric"
              required
              maxLength={32}
            />
          </label>
          <label className="field">
            <span>Password</span>
            <input
              className="in tall"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              maxLength={256}
            />
          </label>
          <button type="submit" className="btn main primary" aria-busy={busy}>
            {busy ? <Spinner /> : <Icon name="right" />}
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        <p className="dim">Opened from your CRM, the console signs you in by itself.</p>
      </section>
    </main>
  )
}

const retryMs = 5000

export function Unreachable() {
  useEffect(() => {
    const timer = setInterval(() => void resume(), retryMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <main className="sign-in">
      <section className="panel">
        <div className="empty">
          <Icon name="wifi-off" />
          <strong>The server cannot be reached</strong>
          <p>
            You are still signed in. Notes and call records that were not sent yet are kept. Check your network; this
            page tries again by itself.
          </p>
          <button type="button" className="btn main primary" onClick={() => void resume()}>
            Try again
          </button>
        </div>
      </section>
    </main>
  )
}

export function Starting({ text }: { text: string }) {
  return (
    <main className="sign-in" aria-busy="true">
      <p className="starting" role="status">
        <Spinner /> {text}
      </p>
    </main>
  )
}

export function Failed({ message }: { message: string }) {
  return (
    <main className="sign-in">
      <section className="panel">
        <div className="empty">
          <Icon name="phone-off" />
          <strong>The phone did not start</strong>
          <p>{message}</p>
          <p>Reload this page. If it fails again, tell your administrator the text above.</p>
          <button type="button" className="btn main primary" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      </section>
    </main>
  )
}
