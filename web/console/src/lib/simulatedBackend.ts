// What the simulation answers in the server's place: recording and conference
// at a PBX that is not there, and a CRM that refuses a call record.

const answerMs = 350

function path(input: RequestInfo | URL): string {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
  return new URL(url, location.href).pathname
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  })

/** `POST /calls/{channel_id}/…`: done, after the time that a PBX takes. Null for any other path. */
export async function simulatedPbx(input: RequestInfo | URL, init: RequestInit | undefined): Promise<Response | null> {
  if (init?.method !== 'POST' || !/\/calls\/[^/]+\/(transfer|conference|recording)$/.test(path(input))) return null
  await new Promise((resolve) => setTimeout(resolve, answerMs))
  return json(200, {})
}

/** A call record that is written while the CRM refuses it: 422. Null for any other request. */
export function refusedRecord(input: RequestInfo | URL, init: RequestInit | undefined): Response | null {
  const writes = init?.method === 'POST' || init?.method === 'PUT' || init?.method === 'PATCH'
  if (!writes || !/\/call-logs(\/|$)/.test(path(input))) return null
  return json(422, { status: 422, code: 'validation_failed', title: 'The CRM refuses records (simulated)' })
}
