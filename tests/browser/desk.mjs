// The places of the desk that tests press, by what a person would call them.

export function desk(page) {
  const button = (name) => page.getByRole('button', { name })
  return {
    customerCalls: () => button('A customer calls').click(),
    customerHangsUp: () => button('Customer hangs up').click(),
    customerGivesUp: () => button('Customer gives up').click(),
    colleagueAnswers: () => button('Colleague answers').click(),
    colleagueIsBusy: () => button('Busy').click(),
    customerAnswers: () => button('Customer answers').click(),
    customerIsBusy: () => button('Busy').click(),
    offer: page.getByRole('alertdialog'),
    call: page.getByRole('region', { name: 'Active call' }),
    consult: page.getByRole('region', { name: 'Consult call' }),
    conference: page.getByRole('region', { name: 'Conference' }),
    held: page.getByRole('region', { name: /^Held call/ }),
    outbox: page.getByRole('region', { name: 'Not in the CRM yet' }),
    wrapUp: page.getByRole('region', { name: /Wrap-up/ }),
    recent: page.getByRole('region', { name: 'Recent calls' }),
    why: page.getByRole('region', { name: /Why am I not/ }),
    status: button(/My status/),
    answer: () => button(/^Answer/).click(),
    decline: () => button(/^Decline/).click(),
    hold: button(/^(Hold|Holding|On hold|Resuming)/),
    mute: button(/^(Mute|Muting|Muted|Unmuting)/),
    hangUp: button(/^Hang up Alt/),
    /** A customer calls and is answered. */
    async talk() {
      await button('A customer calls').click()
      await button(/^Answer/).click()
      await page.getByRole('region', { name: 'Active call' }).getByRole('timer', { name: 'Call time' }).waitFor()
    },
    /** Asks a colleague while the customer waits. */
    async ask(extension) {
      await page.keyboard.press('Alt+KeyT')
      await page.getByRole('radio', { name: 'Consult first' }).click()
      await page.getByRole('combobox', { name: 'Transfer to' }).fill(extension)
      await page.keyboard.press('Enter')
      await page.getByRole('region', { name: 'Consult call' }).waitFor()
    },
    async choose(word) {
      await button(/My status/).click()
      await page.getByRole('menuitemradio', { name: new RegExp(`^${word}`) }).click()
    },
    async finish(disposition = 'Resolved') {
      await page.getByRole('radio', { name: new RegExp(disposition) }).click()
      await button(/^Finish Alt/).click()
      await page.getByRole('region', { name: /Wrap-up/ }).waitFor({ state: 'detached' })
    },
    async dial(number) {
      await page.getByLabel('Number to call').fill(number)
      await page.keyboard.press('Enter')
    },
  }
}
