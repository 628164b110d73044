// Calls from ring to record, on the real hub.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, openPage, ready, shot, signIn, signInAs, test, until } from './harness.mjs'

export async function calls(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)
  const sockets = { phone: 0, queues: 0 }
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (/"type":"hello"/.test(payload)) sockets[/"acd_calls"/.test(payload) ? 'queues' : 'phone'] += 1
    }),
  )
  const logs = async () => (await hub.get('/call-logs?limit=20')).items

  await test('a one-time code of the CRM signs in, once, and leaves the address', async () => {
    await page.goto(`${hub.url}/#code=${hub.codes['1001']}`)
    await ready(page)
    assert.doesNotMatch(page.url(), /code=/)
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))
    assert.doesNotMatch(kept, /sip|password/i)
    await until('Available', () => at.status.getByText('Available').isVisible())
    await until('the line for queues', () => sockets.queues > 0)
    assert.deepEqual(sockets, { phone: 1, queues: 1 }, 'one phone, one line for its queues, also in StrictMode')
    await axe(page, 'ready')
    await shot(page, 'desk-ready-light')
  })

  await test('a customer calls and the contact’s name shows on the offer', async () => {
    await at.customerCalls()
    await at.offer.getByText('Marta Keller').waitFor()
    await at.offer.getByText('+44 20 7946 0123').waitFor()
    await until('focus on Answer', () => page.evaluate(() => document.activeElement?.textContent?.startsWith('Answer')))
    await until('the announcement', async () =>
      /Incoming call, Marta Keller/.test(await page.locator('[data-live=assertive]').textContent()),
    )
    await axe(page, 'ringing')
    await shot(page, 'desk-ringing-light')
  })

  await test('answering starts a duration that runs, and moves the focus to Hold', async () => {
    await at.answer()
    const timer = at.call.getByRole('timer', { name: 'Call time' })
    await until('three seconds', async () => /00:0[2-4]/.test(await timer.textContent()))
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /^Hold/)
    assert.match(await at.status.textContent(), /On call/)
    await axe(page, 'call')
  })

  await test('hold and mute are pressed only when the phone has confirmed', async () => {
    assert.equal(await at.hold.getAttribute('aria-pressed'), 'false')
    await at.hold.click()
    await until('hold', async () => (await at.hold.getAttribute('aria-pressed')) === 'true')
    await at.call.getByText('On hold').first().waitFor()
    await at.mute.click()
    await until('mute', async () => (await at.mute.getAttribute('aria-pressed')) === 'true')
    await at.hold.click()
    await until('resumed', async () => (await at.hold.getAttribute('aria-pressed')) === 'false')
    await at.mute.click()
    await until('unmuted', async () => (await at.mute.getAttribute('aria-pressed')) === 'false')
  })

  await test('a refused hold says so in the call, and nothing is pressed', async () => {
    await page.getByLabel('The PBX refuses hold').check()
    await at.hold.click()
    await page.getByText('Hold did not work. Marta can still hear you.').waitFor()
    assert.equal(await at.hold.getAttribute('aria-pressed'), 'false')
    await page.getByLabel('The PBX refuses hold').uncheck()
    await axe(page, 'hold refused')
    await shot(page, 'desk-hold-refused-light')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByText('Hold did not work').waitFor({ state: 'detached' })
  })

  await test('digits are collected and go out together', async () => {
    await page.getByRole('button', { name: /^Keypad/ }).click()
    await page.keyboard.type('41#')
    await page.locator('.sent .wait', { hasText: '4 1 #' }).waitFor()
    await axe(page, 'keypad')
    await page.locator('.sent .big:not(.wait)', { hasText: '4 1 #' }).waitFor()
    await page.getByRole('button', { name: /^Keypad/ }).click()
  })

  await test('notes written in the call are the wrap-up’s first text', async () => {
    await page.getByLabel('Notes on this call').fill('Invoice 20418 billed twice.')
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    assert.equal(await page.getByRole('textbox', { name: /^Notes/ }).inputValue(), 'Invoice 20418 billed twice.')
    assert.match(await at.status.textContent(), /Wrap-up/)
    await axe(page, 'wrap-up')
    await shot(page, 'desk-wrapup-light')
  })

  await test('a wrap-up is not finished without saying how the call ended', async () => {
    await page.getByRole('button', { name: /^Finish Alt/ }).click()
    await page.getByText('Choose how the call ended, then finish.').waitFor()
  })

  await test('notes and disposition are saved and the call has its tick', async () => {
    await page.getByRole('textbox', { name: /^Notes/ }).fill('Invoice 20418 billed twice. Second one refunded.')
    await page.getByRole('radio', { name: /Resolved/ }).focus()
    await page.keyboard.press('4')
    await page.getByRole('button', { name: /^Finish Alt/ }).click()
    await at.wrapUp.waitFor({ state: 'detached' })
    await at.recent.getByText('Marta Keller').waitFor()
    await at.recent.getByRole('img', { name: 'In the CRM' }).first().waitFor()
    await until('Available again', () => at.status.getByText('Available').isVisible())
  })

  await test('GET /api/call-logs has the row, complete', async () => {
    const log = await until('the final record', async () =>
      (await logs()).find((one) => one.disposition !== null && one.disposition !== ''),
    )
    assert.equal(log.type, 'inbound')
    assert.equal(log.status, 'answered')
    assert.equal(log.end_reason, 'remote_hangup')
    assert.equal(log.call_from, '+442079460123')
    assert.equal(log.call_to, '1001')
    assert.equal(log.contact_name, 'Marta Keller')
    assert.equal(log.disposition, 'callback_promised')
    assert.equal(log.notes, 'Invoice 20418 billed twice. Second one refunded.')
    assert.ok(log.duration > 2000 && log.duration < 60_000, `duration ${log.duration}`)
    assert.ok(log.hold_ms > 0, `hold_ms ${log.hold_ms}`)
  })

  await test('a missed call is recorded as missed and starts no wrap-up', async () => {
    await at.customerCalls()
    await at.offer.getByText('Lukas Brandt').waitFor()
    await at.customerGivesUp()
    await at.offer.waitFor({ state: 'detached' })
    await page.getByText('The caller gave up').first().waitFor()
    await at.recent.getByRole('img', { name: 'Missed' }).waitFor()
    assert.equal(await at.wrapUp.count(), 0)
    const log = await until('the record', async () => (await logs()).find((one) => one.status === 'missed'))
    assert.equal(log.end_reason, 'caller_cancel')
    assert.equal(log.duration, 0)
  })

  await test('a declined call is recorded as missed, rejected', async () => {
    await at.customerCalls()
    await at.offer.waitFor()
    await at.decline()
    await at.offer.waitFor({ state: 'detached' })
    const log = await until('the record', async () => (await logs()).find((one) => one.end_reason === 'rejected'))
    assert.equal(log.status, 'missed')
  })

  await test('a number that cannot be called is refused with its reason', async () => {
    await at.dial('not a number')
    await page
      .getByRole('alert')
      .getByText(/not a number this phone can call/)
      .waitFor()
    await axe(page, 'bad number')
    await page.getByLabel('Number to call').fill('')
  })

  await test('an outgoing call is answered, ended and recorded', async () => {
    await at.dial('+442079460188')
    await at.call.getByText('Rings there').waitFor()
    await axe(page, 'calling')
    await at.customerAnswers()
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
    await at.hangUp.click()
    await at.wrapUp.waitFor()
    assert.match(await page.evaluate(() => document.activeElement?.getAttribute('role') ?? ''), /radio/)
    await at.finish('Passed on')
    const log = await until('the record', async () =>
      (await logs()).find(
        (one) => one.type === 'outbound' && one.status === 'answered' && one.disposition === 'passed_on',
      ),
    )
    assert.equal(log.call_from, '1001')
    assert.equal(log.call_to, '+442079460188')
    assert.equal(log.end_reason, 'agent_hangup')
  })

  await test('an outgoing call to a busy line is recorded as not answered', async () => {
    await at.dial('+441632960042')
    await at.call
      .getByText(/Rings there|Calling/)
      .first()
      .waitFor()
    await at.customerIsBusy()
    await page.getByText('The line is busy').first().waitFor()
    assert.equal(await at.wrapUp.count(), 0)
    const log = await until('the record', async () => (await logs()).find((one) => one.end_reason === 'busy'))
    assert.equal(log.status, 'no_answered')
  })

  await test('a second call is answered, the first one waits on hold, and is resumed', async () => {
    await page.locator('.call', { hasText: 'The line is busy' }).waitFor({ state: 'detached' })
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    await at.customerCalls()
    await at.offer.getByText('Answering puts your present call on hold.').waitFor()
    await axe(page, 'second offer')
    await at.answer()
    await page.getByRole('region', { name: /^Held call/ }).waitFor()
    await axe(page, 'held')
    await shot(page, 'desk-two-calls-light')
    const first = await at.call.getByRole('heading').textContent()
    await page.getByRole('button', { name: 'Resume' }).click()
    await until('swapped', async () => (await at.call.getByRole('heading').textContent()) !== first)
    await at.hangUp.click()
    await page
      .getByRole('region', { name: /^Held call/ })
      .waitFor({ state: 'detached' })
      .catch(() => undefined)
    const rest = page.getByRole('button', { name: 'Resume' })
    if (await rest.isVisible()) await rest.click()
    await until('the other call', () => at.hangUp.isVisible())
    await at.hangUp.click()
    await at.wrapUp.waitFor()
    await at.finish('Other')
  })

  await test('the queue of a call shows when the backend tells it', async () => {
    await at.customerCalls()
    await at.offer.waitFor()
    const from = (await at.offer.locator('.who .num').textContent()).replaceAll(' ', '')
    const told = await hub.post('/queue-number', {
      type: 'queue_number',
      extension: '1001',
      call_from: from,
      queue_name: 'Billing',
      queue_number: '6401',
      server_call_log_token: 't-1',
      yeastar_call_id: '1651057476.362',
      channel_id: 'PJSIP/1001-000000ae',
    })
    assert.equal(told.status, 202)
    await page.getByText('Billing').first().waitFor()
    await at.answer()
    await at.call.waitFor()
  })

  await test('a blind transfer to a colleague ends the call here', async () => {
    await page.getByRole('button', { name: /^Transfer Alt/ }).click()
    await page.getByRole('radio', { name: 'Blind' }).click()
    await page.getByRole('combobox', { name: 'Transfer to' }).fill('1002')
    await page.getByText('Nobody can tell whether somebody answers at 1002.').waitFor()
    await axe(page, 'transfer')
    await shot(page, 'desk-transfer-light')
    await page.keyboard.press('Enter')
    await at.wrapUp.waitFor()
    await at.finish('Passed on')
    const log = await until('the record', async () => (await logs()).find((one) => one.end_reason === 'transferred'))
    assert.equal(log.status, 'answered')
    assert.equal(log.queue_name, 'Billing')
  })

  await test('after a reload the tab is still signed in and earlier calls are listed', async () => {
    await page.reload()
    await ready(page)
    await at.recent.getByText('Marta Keller').first().waitFor()
  })

  await test('the page broke no policy and threw no error', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}

export async function signInPage(browser, hub) {
  const page = await openPage(browser)

  await test('a wrong password is refused with what to do', async () => {
    await page.goto(hub.url)
    await page.getByLabel('Extension').fill('1001')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Extension or password is wrong. Check both and try again.').waitFor()
    await axe(page, 'sign-in')
    await shot(page, 'sign-in-light')
  })

  await test('a one-time code does not work twice', async () => {
    // Used by the first test, or here when this one runs alone.
    await hub.post('/sign-in', { code: hub.codes['1001'] })
    await page.goto(`${hub.url}/?again#code=${hub.codes['1001']}`)
    await page.getByText(/sign-in link was already used/).waitFor()
  })

  await test('a sign-in that expired leads to the sign-in page with a message', async () => {
    await signIn(page, hub, '1002')
    await page.evaluate(() => sessionStorage.setItem('offhook.token', 'no-longer-valid'))
    await page.reload()
    await page.getByText(/Your sign-in has expired/).waitFor()
  })

  await test('a softphone that cannot start says so, and the desk still works', async () => {
    await signInAs(page, hub, '1002', '?softphone=mizu')
    await page.getByText('The phone did not start').waitFor()
    await page.getByText('The Mizu webphone script is not on this page.').waitFor()
    await axe(page, 'no softphone')
    await page.evaluate(() => sessionStorage.clear())
  })

  await test('SIP.js without an account fails with a banner, and status still works', async () => {
    await signInAs(page, hub, '1002', '?softphone=sipjs')
    await page.getByText('The softphone did not start.').first().waitFor()
    await page.getByText('One thing stops calls to you.').waitFor()
    const at = desk(page)
    await at.choose('Meeting')
    await until('Meeting', () => at.status.getByText('Meeting', { exact: true }).isVisible())
    await axe(page, 'softphone failed')
    await shot(page, 'desk-softphone-failed-light')
    await at.choose('Available')
    await until('Available', () => at.status.getByText('Available', { exact: true }).isVisible())
    await page.evaluate(() => sessionStorage.clear())
  })

  await test('a second tab of the same extension shows the same phone, and rings nowhere else', async () => {
    await signIn(page, hub, '1002')
    const second = await page.context().newPage()
    await signIn(second, hub, '1002')
    await second.getByText('Rings in another tab').waitFor()
    await page.getByText('This tab rings').waitFor()
    await desk(page).customerCalls()
    await desk(second).offer.waitFor()
    await desk(second).answer()
    await desk(page).call.waitFor()
    await desk(second).hangUp.click()
    await desk(page).wrapUp.waitFor()
    await desk(second).finish()
    await desk(page).wrapUp.waitFor({ state: 'detached' })
    await shot(second, 'desk-second-tab-light')
    await second.close()
    await page.getByText('This tab rings').waitFor()
    await page.evaluate(() => sessionStorage.clear())
  })

  await test('signing out leads back to the sign-in page and forgets the token', async () => {
    await signIn(page, hub, '1002')
    await page.getByRole('button', { name: /Bob/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.evaluate(() => sessionStorage.getItem('offhook.token')), null)
  })
  await page.context().close()
}
