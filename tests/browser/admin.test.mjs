// Set-up on a hub that keeps what the test gives it: queues, agents and skills are read, changed, checked and deleted; what is
// not saved is not lost by a click.

import assert from 'node:assert/strict'
import { acdAgent, acdQueue, counts } from './contact_centre.mjs'
import { axe, bothThemes, openPage, shot, test, until } from './harness.mjs'
import { agentItem, startScriptedHub } from './scripted_hub.mjs'

export async function admin(browser) {
  await queues(browser)
  await agentsAndSkills(browser)
  await people(browser)
  await refusals(browser)
}

const person = (extension, name, more = {}) => ({
  extension,
  name,
  role: 'agent',
  number: extension,
  extension_id: `e-${extension}`,
  endpoint: `PJSIP/${extension}`,
  time_zone: null,
  has_password: false,
  ...more,
})

function directory(hub, kept, method, url, body) {
  const [, extension, code] = /^\/api\/directory\/([^/]+)(\/sign-in-code)?$/.exec(url) ?? []
  if (extension === undefined) return { status: 200, value: { items: kept.people } }
  if (code) return { status: 201, value: { code: 'C0DE', expires_at: 0, link: `${hub.url}/#code=C0DE` } }
  const before = kept.people.find((one) => one.extension === extension)
  kept.people = kept.people.filter((one) => one !== before)
  if (method === 'DELETE') return { status: 204, value: {} }
  const { password, ...rest } = body
  const has_password = password !== undefined || before?.has_password === true
  kept.people.push(person(extension, body.name, { ...before, ...rest, has_password }))
  return { status: 200, value: kept.people.at(-1) }
}

/** Stores as the hub's REST does: settings of docs/queues.md. */
function store(hub) {
  const kept = {
    queues: [
      { queue: 'billing', mode: 'offhook', open: true, overflow: { kind: 'queue', target: 'support' } },
      {
        queue: 'support',
        mode: 'offhook',
        open: true,
        strategy: 'skills',
        skills: [{ skill: 'german', min: 3, weight: 1, mandatory: true }],
        relaxation: [{ after_ms: 20_000, skills: [{ skill: 'german', min: 1 }] }],
        wrap_up: { mode: 'timed', ms: 45_000 },
      },
    ],
    agents: [
      {
        extension: '1001',
        skills: [{ skill: 'german', level: 5 }],
        queues: [{ queue: 'support', penalty: 0, position: 1, weight: 1 }],
      },
      { extension: '1002', skills: [], queues: [] },
    ],
    skills: [{ name: 'german', description: 'Speaks German' }],
    people: [
      person('1001', 'Alice Novak', { has_password: true, time_zone: 'Europe/London' }),
      person('2001', 'Dana Ruiz', { role: 'supervisor' }),
    ],
  }
  hub.kept = kept
  hub.answers = (method, url, body) => {
    const [, kind, name] = /^\/api\/contact-centre\/(queues|agents|skills)\/([^/]+)$/.exec(url) ?? []
    if (url === '/api/contact-centre/settings')
      return { status: 200, value: { queues: kept.queues, agents: kept.agents } }
    if (url === '/api/contact-centre/skills') return { status: 200, value: { items: kept.skills } }
    if (url.startsWith('/api/directory')) return hub.refuse ?? directory(hub, kept, method, url, body)
    if (kind === undefined || hub.refuse) return hub.refuse
    const key = { queues: 'queue', agents: 'extension', skills: 'name' }[kind]
    const id = decodeURIComponent(name)
    kept[kind] = kept[kind].filter((one) => one[key] !== id)
    if (method === 'DELETE') return { status: 204, value: {} }
    kept[kind].push({ ...body, [key]: id })
    return { status: 200, value: { ...body, [key]: id } }
  }
}

async function start(browser, { role = 'admin', where = '#/admin' } = {}) {
  const hub = await startScriptedHub({ role })
  store(hub)
  hub.shown.agent_status = [agentItem('1001', 'Alice Novak', 'ONLINE'), agentItem('1002', 'Bob Okafor', 'ONLINE')]
  hub.shown.queues = [acdQueue('support', 0, null, [1, 2], counts(10, 9, 1, 0, 8))]
  hub.shown.acd_agents = [acdAgent('1001', 'Available', 10, ['support'])]
  const page = await openPage(browser)
  await page.goto(`${hub.url}/${where}?code=ONE-TIME-CODE`)
  return {
    hub,
    page,
    end: () =>
      page
        .context()
        .close()
        .then(() => hub.end()),
  }
}

const sent = (hub, method) => hub.told.requests.filter((one) => one.method === method)

async function queues(browser) {
  const { hub, page, end } = await start(browser)
  const item = (name) =>
    page.getByRole('region', { name: 'Queues' }).getByRole('button', { name: new RegExp(`^${name}`) })
  const form = (name) => page.getByRole('form', { name })
  const save = page.getByRole('button', { name: 'Save' })

  await test('a queue’s settings stand with their meaning and their defaults', async () => {
    await page.getByText('Choose on the left').waitFor()
    await axe(page, 'set-up')
    await item('support').click()
    await form('Queue support').waitFor()
    assert.equal(await page.getByLabel('Lasts', { exact: true }).inputValue(), '45')
    assert.equal(await page.getByLabel('Rings for').inputValue(), '15', 'what is left out has its default')
    await page.getByText('Then the next agent is asked. Default: 15 s.').waitFor()
    assert.equal(await page.getByLabel('Whom a call goes to').inputValue(), 'skills')
    assert.equal(await page.getByLabel('Wanted skills, level 1').inputValue(), '3')
    await page.getByText('All saved.').waitFor()
    await bothThemes(page, 'admin-queue')
  })
  await test('what is wrong is said at its field, and is not sent', async () => {
    await page.getByLabel('Rings for').fill('0')
    const error = page.getByText('At least 1 s.')
    await error.waitFor()
    const described = await page.getByLabel('Rings for').getAttribute('aria-describedby')
    assert.ok(described.split(' ').includes(await error.getAttribute('id')), 'the error belongs to its field')
    await save.click()
    await page.getByText('One field is wrong.').waitFor()
    assert.equal(sent(hub, 'PUT').length, 0)
    await page.getByLabel('Rings for').fill('twelve')
    await page.getByText('A number is needed.').waitFor()
    await axe(page, 'a wrong field')
    await shot(page, 'admin-wrong-light')
    await page.getByLabel('Rings for').fill('12,5')
    await page.getByText('Changes are not saved.').waitFor()
  })
  await test('a changed queue is sent whole, and then all is saved', async () => {
    await page.getByLabel('Wrap-up', { exact: true }).selectOption('manual')
    assert.equal(await page.getByLabel('Lasts', { exact: true }).count(), 0, 'a field that says nothing is not shown')
    await save.click()
    await page.getByText('All saved.').waitFor()
    const [{ url, body }] = sent(hub, 'PUT')
    assert.equal(url, '/api/contact-centre/queues/support')
    assert.equal(body.ring_ms, 12_500)
    assert.equal(body.wrap_up.mode, 'manual')
    assert.equal(body.queue, undefined)
    assert.deepEqual(body.relaxation, [
      { after_ms: 20_000, skills: [{ skill: 'german', min: 1, weight: 1, mandatory: true }] },
    ])
  })
  await test('unsaved changes are asked about before another queue takes their place', async () => {
    await page.getByLabel('Weight against other queues').fill('5')
    await item('billing').click()
    const question = page.getByRole('dialog', { name: 'Discard the changes?' })
    await question.getByText('The changes of queue support are not saved.').waitFor()
    await axe(page, 'the question')
    await question.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(await page.getByLabel('Weight against other queues').inputValue(), '5')
    await item('billing').click()
    await question.getByRole('button', { name: 'Discard' }).click()
    await form('Queue billing').waitFor()
    assert.equal(await page.getByLabel('Overflow’s target').inputValue(), 'support')
  })
  await test('a new queue: name and overflow are checked against the others', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await form('New queue').waitFor()
    await save.click()
    await page.getByText('A queue needs a name.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('support')
    await page.getByText('This name is taken.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('two words')
    await page.getByText(/Letters, digits and/).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('sales')
    await page.getByLabel('Overflow leads to').selectOption('queue')
    await page.getByText('No queue has this name.').waitFor()
    await page.getByLabel('Overflow’s target').fill('billing')
    await page.getByRole('button', { name: 'Add a step' }).click()
    await save.click()
    await form('Queue sales').waitFor()
    const body = sent(hub, 'PUT').at(-1).body
    assert.deepEqual(body.overflow, { kind: 'queue', target: 'billing' })
    assert.deepEqual(body.relaxation, [{ after_ms: 20_000, skills: [] }])
    assert.equal(body.sl_formula, 'SL4')
    await item('sales').waitFor()
  })
  await test('a queue is deleted only after a question', async () => {
    await page.getByRole('button', { name: 'Delete…' }).click()
    const question = page.getByRole('dialog', { name: 'Delete the queue sales?' })
    await question.waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    assert.equal(sent(hub, 'DELETE').length, 0)
    await page.getByRole('button', { name: 'Delete…' }).click()
    await question.getByRole('button', { name: 'Delete' }).click()
    await until('gone', () => sent(hub, 'DELETE').length === 1)
    await item('sales').waitFor({ state: 'detached' })
    assert.deepEqual(await page.complaints(), [])
  })
  await end()
}

async function agentsAndSkills(browser) {
  const { hub, page, end } = await start(browser, { where: '#/admin/agents' })
  await test('an agent gets queues and skills, each checked', async () => {
    await page.getByRole('button', { name: /Bob Okafor/ }).click()
    await page.getByRole('form', { name: 'Agent Bob Okafor' }).waitFor()
    await page.getByRole('button', { name: 'Add a queue' }).click()
    await page.getByText('Choose a queue.').waitFor()
    await page.getByLabel('Queue 1', { exact: true }).selectOption('billing')
    await page.getByLabel('Penalty in billing').fill('2')
    await page.getByRole('button', { name: 'Add a skill' }).click()
    await page.getByLabel('Skill 1', { exact: true }).selectOption('german')
    await page.getByLabel('Level of german').fill('11')
    await page.getByText('A level is 1 to 10.').waitFor()
    await page.getByLabel('Level of german').fill('7')
    await bothThemes(page, 'admin-agent')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('All saved.').waitFor()
    const [{ url, body }] = sent(hub, 'PUT')
    assert.equal(url, '/api/contact-centre/agents/1002')
    assert.deepEqual(body, {
      skills: [{ skill: 'german', level: 7 }],
      queues: [{ queue: 'billing', penalty: 2, position: 1, weight: 1 }],
    })
  })
  await test('a skill is added, explained and deleted', async () => {
    await page.getByRole('link', { name: 'Skills' }).click()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('A skill needs a name.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('french')
    await page.getByLabel('What it means').fill('Speaks French')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('form', { name: 'Skill french' }).waitFor()
    assert.deepEqual(hub.kept.skills.at(-1), { name: 'french', description: 'Speaks French' })
    await axe(page, 'a skill')
    await shot(page, 'admin-skill-light')
    await page.getByRole('button', { name: 'Delete…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await until('gone', () => hub.kept.skills.every(({ name }) => name !== 'french'))
    assert.deepEqual(await page.complaints(), [])
  })
  await end()
}

async function people(browser) {
  const { hub, page, end } = await start(browser, { where: '#/admin/people' })
  await test('somebody is added, each field checked; what is empty is not sent', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const form = page.getByRole('form', { name: 'New person' })
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('A name is needed.').waitFor()
    await form.getByLabel('Extension', { exact: true }).fill('1001')
    await form.getByText('This extension has somebody already.').waitFor()
    await form.getByLabel('Extension', { exact: true }).fill('1007')
    await form.getByLabel('Name', { exact: true }).fill('Tom Evans')
    await form.getByLabel('Password').fill('short')
    await form.getByText('At least 8 characters.').waitFor()
    await form.getByLabel('Password').fill('long enough')
    await bothThemes(page, 'admin-person')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('form', { name: 'Person Tom Evans' }).waitFor()
    const [{ url, body }] = sent(hub, 'PUT')
    assert.equal(url, '/api/directory/1007')
    assert.deepEqual(body, { name: 'Tom Evans', role: 'agent', password: 'long enough' })
    assert.equal(await page.getByLabel('Another password').inputValue(), '')
  })
  await test('a sign-in link is shown when it is asked for', async () => {
    await page.getByRole('button', { name: 'Make a sign-in link' }).click()
    const link = page.getByLabel('Copy it now: whoever has it is Tom Evans.')
    assert.equal(await link.inputValue(), `${hub.url}/#code=C0DE`)
    await axe(page, 'a sign-in link')
    await shot(page, 'admin-sign-in-link')
  })
  await test('who has left is gone, after a question', async () => {
    await page.getByRole('button', { name: 'Has left…' }).click()
    const question = page.getByRole('dialog', { name: 'Has Tom Evans left?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(sent(hub, 'DELETE').length, 0)
    await page.getByRole('button', { name: 'Has left…' }).click()
    await question.getByRole('button', { name: 'Has left' }).click()
    await until('gone', () => hub.kept.people.every(({ extension }) => extension !== '1007'))
    await page.getByRole('button', { name: /^Tom Evans/ }).waitFor({ state: 'detached' })
    assert.deepEqual(await page.complaints(), [])
  })
  await end()
}

async function refusals(browser) {
  await test('what the hub refuses stands at its field, with the code, and what was typed is kept', async () => {
    const { hub, page, end } = await start(browser, { where: '#/admin/queues/support' })
    await page.getByLabel('Rings for').fill('20')
    hub.refuse = {
      status: 400,
      value: {
        code: 'validation_failed',
        detail: 'One field is not accepted',
        errors: [{ path: 'body/ring_ms', message: 'Longer than the PBX rings.' }],
      },
    }
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Longer than the PBX rings.').waitFor()
    await page.getByText('validation_failed').waitFor()
    assert.equal(await page.getByLabel('Rings for').inputValue(), '20')
    await axe(page, 'refused')
    await end()
  })
  await test('settings that cannot be read: said, with a way to try again', async () => {
    const { hub, page, end } = await start(browser)
    await page.getByText('Choose on the left').waitFor()
    hub.answers = () => ({ status: 503, value: { code: 'standby' } })
    await page.reload()
    await page.getByText('What is set up could not be read.').waitFor()
    store(hub)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: /^support/ }).waitFor()
    await end()
  })
  await test('a supervisor is told that set-up is for administrators', async () => {
    const { page, end } = await start(browser, { role: 'supervisor' })
    await page.getByRole('heading', { name: 'Set-up is for administrators' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Set-up', exact: true }).count(), 0)
    await axe(page, 'set-up for a supervisor')
    await end()
  })
}
