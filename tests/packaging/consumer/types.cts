// The same from CommonJS: the declarations have to be CommonJS too.
import offhook = require('offhook')
import slim = require('offhook/slim')
import testing = require('offhook/testing')

export const phone: Promise<offhook.Phone> | null = null
export const error: offhook.PhoneError = new offhook.PhoneError('timed_out')
export const doors: unknown[] = [offhook.createPhone, slim.createPhone, testing.virtualClock]
