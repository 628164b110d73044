// The agent console. It is built on the package `offhook` as a customer would
// build his own: one phone per sign-in, its store read with zustand.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { startPhone } from './lib/phone.ts'
import { takeCode } from './lib/route.ts'
import { resume, signIn } from './lib/session.ts'
import { startSettings } from './lib/settings.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/desk.css'
import './styles/inspector.css'
import './styles/console.css'
import './styles/wallboard.css'
import './styles/supervisor.css'
import './styles/admin.css'
import './styles/reports.css'

startSettings()
const stopPhone = startPhone()
// A replaced module must not leave a second phone behind.
if (import.meta.hot) import.meta.hot.dispose(stopPhone)

const code = takeCode()
void (code === null ? resume() : signIn({ code }))

const place = document.getElementById('root')
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
