// offhook/testing: what a customer needs to test a page that uses Offhook, and
// to test an adapter of their own. No PBX, no browser, no waiting.

export {
  type BackendRequest,
  type BackendWrite,
  type Failure,
  type ScriptedBackend,
  type ScriptedBackendOptions,
  scriptedBackend,
} from './backend.js'
export { settled, type VirtualClock, virtualClock } from './clock.js'
export {
  type Check,
  type ConformanceHarness,
  type ConformancePeer,
  type ConformanceWorld,
  conformance,
} from './conformance.js'
export {
  type Offer,
  type Peer,
  type ScriptedCommand,
  type ScriptedOptions,
  type ScriptedSoftphone,
  scripted,
} from './scripted.js'
export { type Behaviour, type SimulatedOptions, type SimulatedSoftphone, simulated } from './simulated.js'
