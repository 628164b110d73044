// The class PhoneEngine over the Embind functions of phone_bindings.cpp, put into the glue by --pre-js. Embind's own
// classes (smart pointers, inheritance) would be 3 KB more.
Module['PhoneEngine'] = class {
  constructor(config) {
    this.h = Module['engineCreate'](config)
  }
  handle() {
    if (!this.h) throw new Error('the PhoneEngine was deleted')
    return this.h
  }
  dispatch(event) {
    return Module['engineDispatch'](this.handle(), event)
  }
  traced(event) {
    return Module['engineTraced'](this.handle(), event)
  }
  restore(state) {
    return Module['engineRestore'](this.handle(), state)
  }
  resume(checkpoint) {
    return Module['engineResume'](this.handle(), checkpoint)
  }
  snapshot() {
    return Module['engineSnapshot'](this.handle())
  }
  checkpoint(agents) {
    return Module['engineCheckpoint'](this.handle(), agents)
  }
  error() {
    return Module['engineError'](this.handle())
  }
  delete() {
    Module['engineDelete'](this.handle())
    this.h = 0
  }
  static schema() {
    return Module['engineSchema']()
  }
}
