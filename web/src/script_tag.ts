// The door for a plain <script>: `window.Offhook`. SIP.js and JsSIP are not
// inside; hand the one that is the softphone to `Offhook.sipjs`, `Offhook.jssip`.
export { jssip } from './adapters/jssip/index.js'
export { mizu } from './adapters/mizu/index.js'
export { sipjs } from './adapters/sipjs/index.js'
export { createPhone, PhoneError } from './index.js'
