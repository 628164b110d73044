'use client'
// The door `offhook/react`: a provider and hooks. React itself is the page's.
export { type MayI, useCall, useCan, useDuration, useElapsed, usePhoneState } from './hooks.js'
export { PhoneProvider, type PhoneProviderProps, usePhone } from './provider.js'
export type { Opened } from './registry.js'
export type { Command } from './verdicts.js'
