import { expect, it } from 'vitest'
import { killChild } from './child-dialler.ts'
import { STEPS } from './mortal.ts'
import { ANSWERS, CASES, runCase } from './step-cases.ts'
import { tell } from './tell.ts'

it.each(STEPS)('holds every promise when the process dies %s, whatever Exotel answers and whenever it reports', async (step) => {
  const cases = CASES.filter(one => one.step === step)
  let dials = 0
  for (const one of cases)
    dials += await runCase(one).catch((error: Error) => { throw new Error(`${one.step}, ${one.answer.name}, webhook ${one.webhook}: ${error.message}`, { cause: error }) })
  tell(`every step: killed ${step}: kills ${cases.length}, dials ${dials}, people ${cases.length}`)
  expect(cases.length).toBeGreaterThanOrEqual(ANSWERS.length - 8)
  expect(dials).toBeGreaterThanOrEqual(cases.length)
})

it.each(STEPS)('holds them when a process of its own is killed with SIGKILL %s', async (step) => {
  const cases = CASES.filter(one => one.step === step && ['accepted', 'http-503, placed', 'http-429'].includes(one.answer.name) && one.webhook !== 'before the save')
  let dials = 0
  for (const one of cases)
    dials += await runCase(one, killChild)
  tell(`every step: SIGKILL ${step}: kills ${cases.length}, dials ${dials}, people ${cases.length}`)
  expect(cases.length).toBeGreaterThanOrEqual(3)
})
