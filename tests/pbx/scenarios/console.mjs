// The console on the contact centre that `npm start -- --pbx` opens, by what people see and press: a call of a queue from
// its first ring to the end of the only wrap-up, with a supervisor who looks on. Sound and records are the queue's lane.

import { setTimeout as sleep } from 'node:timers/promises'

const button = (page, name) => page.getByRole('button', { name }).first()
const offer = (page) => page.getByRole('alertdialog')
const press = (page, name) => button(page, name).click()
const session = (sue) => sue.getByRole('region', { name: 'Supervision' })

/** Whom the queue rings, then the other one; each a page and a name. */
async function rungFirst({ alice, bob }) {
  await Promise.any([offer(alice).waitFor(), offer(bob).waitFor()])
  const both = [
    { page: alice, name: 'Alice Agent', extension: '1001' },
    { page: bob, name: 'Bob Agent', extension: '1002' },
  ]
  return (await offer(alice).count()) > 0 ? both : both.reverse()
}

async function wrapsUp({ page }, seconds) {
  const left = page.getByRole('timer', { name: 'Wrap-up time left' })
  await left.waitFor()
  const [minutes, rest] = (await left.textContent()).split(':').map(Number)
  const shown = minutes * 60 + rest
  if (shown > seconds || shown < seconds - 12) throw new Error(`wrap-up has ${shown} s left, not about ${seconds}`)
}

async function listens(sue, agent) {
  await press(sue, `Monitor ${agent.name}`)
  await offer(sue)
    .getByRole('button', { name: /^Answer/ })
    .click()
  await session(sue).getByText(`Listening to ${agent.name}`).first().waitFor()
  await session(sue).getByText('Coach', { exact: true }).click()
  await session(sue).getByText(`Coaching ${agent.name}`).first().waitFor()
  await agent.page.getByText('Sue Supervisor coaches').first().waitFor()
  await session(sue).getByText('Barge', { exact: true }).click()
  await session(sue).getByText(`In the call of ${agent.name}`).first().waitFor()
  await session(sue).getByRole('button', { name: 'Stop' }).click()
  await session(sue).getByText('You stopped listening.').first().waitFor()
  await session(sue).getByRole('button', { name: 'Dismiss' }).click()
}

async function transfers(from, to) {
  await press(from.page, /^Transfer/)
  await from.page.getByRole('combobox', { name: 'Transfer to' }).fill(to.extension)
  await from.page.getByRole('combobox', { name: 'Transfer to' }).press('Enter')
  await offer(to.page)
    .getByRole('button', { name: /^Answer/ })
    .click()
  await from.page
    .getByText(/^Talking to/)
    .first()
    .waitFor()
  await press(from.page, /^Complete/)
}

async function finishes({ page }) {
  await page.getByLabel(/Notes/).fill('Wants the invoice again.')
  await page.getByRole('radio', { name: /Resolved/ }).click()
  await press(page, /^Finish/)
  await page.getByText('You are. The next call rings here.').first().waitFor()
}

async function queueCall(stage) {
  const { sue, customers } = stage
  await customers.call()
  const [first, second] = await rungFirst(stage)
  await offer(first.page).getByRole('timer').first().waitFor()
  await sue.getByText(`+44 20 7946 0123 → ${first.name}`).waitFor()
  await press(first.page, /^Decline/)
  await first.page.getByRole('region', { name: 'Short pause' }).waitFor()
  await offer(second.page)
    .getByRole('button', { name: /^Answer/ })
    .click()
  await second.page.getByRole('timer', { name: 'Call time' }).waitFor()
  await press(second.page, /^Hold/)
  await press(second.page, /^On hold/)
  await listens(sue, second)
  await transfers(second, first)
  // One wrap-up: the queue's 30 s, for the customer's call and not for the leg to the colleague.
  await wrapsUp(second, 30)
  await second.page
    .getByRole('region', { name: /^Wrap-up/ })
    .getByText('+44 20 7946 0123')
    .first()
    .waitFor()
  await press(second.page, /30 s/)
  await second.page.getByText('left of 01:00, 00:30 added').first().waitFor()
  await finishes(second)
  await sleep(500)
  customers.hangUp()
  await wrapsUp(first, 30)
  await finishes(first)
  // The supervisor has none after listening, and the day counts.
  await sue.goto(`${stage.hub.url}/#/wallboard/queues`)
  await sue
    .getByRole('article', { name: /^support/ })
    .getByText('1 of 1')
    .waitFor()
}

export const console_ = [
  ['a queue call at the desks and the supervisor’s page, with one wrap-up, the queue’s', queueCall],
]
