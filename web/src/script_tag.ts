// The door for a plain <script>: `window.Offhook`. SIP.js is not inside; hand
// it to `Offhook.sipjs` when it is the softphone.
export { mizu } from './adapters/mizu/index.js'
export { sipjs } from './adapters/sipjs/index.js'
export { createPhone, PhoneError } from './index.js'
