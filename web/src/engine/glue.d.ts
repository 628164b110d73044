// Filled in by the build: the cold face's glue by emcc, and phone.wasm as base64.
declare module 'offhook:cold' {
  const createPhoneEngine: import('./module.js').ColdFactory
  export default createPhoneEngine
}
declare module 'offhook:wasm' {
  const base64: string
  export default base64
}
