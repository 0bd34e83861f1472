import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createHome } from './run-vacli.ts'

const home = createHome()
const FORM = { From: '+919876543210', CallerId: '08047100000', Url: 'http://my.exotel.com/exoml/start/1' }

function postConnect(url: string) {
  return fetch(`${url}/v1/Accounts/sandbox/Calls/connect.json`, { method: 'POST', body: new URLSearchParams(FORM), headers: { authorization: `Basic ${btoa('sandbox:sandbox')}` } })
}

describe('sandbox serve', () => {
  it('misbehaves by --fault and --misbehave, and tells the seed on stderr and in the ledger', async () => {
    const ledger = `${home.folder}/faults.ndjson`
    const options = home.write('faults.json', JSON.stringify({ answers: { 'http-503-placed': 0 }, shown: { numbers: 'masked' } }))

    const sandbox = await home.serve(`sandbox serve --port 0 --fast --fault xml --fault list-lag=5000 callback-copies=2 --misbehave ${options} --seed 42 --ledger ${ledger}`)
    const response = await postConnect(sandbox.url)
    const body = await response.text()
    await sandbox.stop()

    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/xml'])
    expect(body).toContain('<From>0XXXXX43210</From>')
    expect(sandbox.stderr()).toContain('misbehaves; the same again with --seed 42\n')
    expect(readFileSync(ledger, 'utf8').split('\n').slice(0, 2).map(line => JSON.parse(line))).toMatchObject([
      { event: 'start', seed: 42, misbehave: { answers: { xml: 1, 'http-503-placed': 0 }, reads: { lagMs: 5000 }, callbacks: { copies: 2 }, shown: { numbers: 'masked' } } },
      { event: 'connect', fault: 'xml-placed' },
    ])
  })

  it.each([
    ['--fault bananas', 'the sandbox has no fault \'bananas\''],
    ['--fault lost=2', 'the sandbox cannot misbehave so: answers.lost'],
    ['--misbehave nowhere.json', 'nowhere.json cannot be read as JSON'],
    ['--seed many', '--seed'],
  ])('refuses %s with exit 2', async (flags, words) => {
    const { code, stderr } = await home.run(`sandbox serve --port 0 ${flags}`)

    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })

  it('has every fault in its help', async () => {
    const { stdout } = await home.run('sandbox serve --help')

    for (const fault of ['http-503=0.1', 'lost=0.1', 'list-omit-ongoing', 'callback-copies=5', 'latency=300-8000'])
      expect(stdout).toContain(`  ${fault} `)
  })
})
