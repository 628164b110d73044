// Filled in by the build: emcc's glue, and the WebAssembly as base64.
declare module 'offhook:glue' {
  const createPhoneEngine: import('./module.js').EngineFactory
  export default createPhoneEngine
}
declare module 'offhook:wasm' {
  const base64: string
  export default base64
}
