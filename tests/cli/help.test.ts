import { describe, expect, it } from 'vitest'
import { commandPaths, freshCli, groupPaths } from './command-tree.ts'
import { createHome } from './run-vacli.ts'

const home = createHome()
const paths = commandPaths().map(path => path.join(' '))
const examplesOf = (help: string) => [...help.matchAll(/^ {2}\$ (.+)$/gm)].map(([, example]) => example!)

describe.concurrent('help', () => {
  it.each(paths)('of "vacli %s" comes by --help, -h and help, with two examples and exit 0', async (path) => {
    const [long, short, help] = await Promise.all([`${path} --help`, `${path} -h`, `help ${path}`].map(line => home.run(line)))

    expect(long).toMatchObject({ code: 0, stderr: '' })
    expect(long!.stdout).toMatch(new RegExp(`^Usage: ${['vacli', path].join(' ').trim()} `))
    expect(examplesOf(long!.stdout).length).toBeGreaterThanOrEqual(2)
    expect(short).toEqual(long)
    expect(help).toEqual(long)
  })

  // Bare "runs" lists the runs.
  it.each(groupPaths().map(path => path.join(' ')).filter(path => path !== 'runs'))('is what bare "vacli %s" gives', async (path) => {
    expect(await home.run(path)).toEqual(await home.run(`${path} --help`))
  })

  it('groups the commands by task', async () => {
    const { stdout } = await home.run('')
    expect(stdout.match(/^(?:Start|Daily work|Runs and results|Settings|Help)$/gm)).toEqual(['Start', 'Daily work', 'Runs and results', 'Settings', 'Help'])
  })

  it('of the sandbox tells what a number stages', async () => {
    const { stdout } = await home.run('sandbox serve --help')
    for (const digits of ['0002', '0003', '0004', '0005', '0006', '0007', '0008', '0009'])
      expect(stdout).toContain(`  ${digits} `)
  })

  it.each([
    ['lst', 'error: unknown command \'lst\' (Did you mean list?)\nvacli --help\n'],
    ['help lst', 'error: unknown command \'lst\'\nvacli --help\n'],
    ['webhook sreve', 'error: unknown command \'sreve\' (Did you mean serve?)\nvacli --help\n'],
    ['list --statsu ready', 'error: unknown option \'--statsu\' (Did you mean --status?)\nvacli --help\n'],
    ['show', 'error: missing required argument \'customer|loan\'\nvacli --help\n'],
    ['status 1 2', 'error: too many arguments for \'status\'. Expected 1 argument but got 2.\nvacli --help\n'],
  ])('corrects "vacli %s"', async (line, stderr) => {
    expect(await home.run(line)).toEqual({ code: 2, stdout: '', stderr })
  })

  it('tells the version', async () => {
    const version = await home.run('--version')
    expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
    expect(await home.run('-V')).toEqual(version)
    expect(await home.run('list --version')).toEqual(version)
  })
})

// An example that no longer parses teaches something wrong.
describe('every example', () => {
  const examples = paths.flatMap((path) => {
    let help = ''
    const command = path.split(' ').filter(Boolean).reduce((group, word) => group.commands.find(one => one.name() === word)!, freshCli(async () => {}))
    command.configureOutput({ writeOut: text => help += text }).outputHelp()
    return examplesOf(help)
  })

  it.each([...new Set(examples)])('is a line that vacli takes: %s', async (example) => {
    let ran = false
    const cli = freshCli(async () => { ran = true })
    await cli.parseAsync(wordsAfterVacli(example), { from: 'user' })
    expect(ran || example.startsWith('vacli help')).toBe(true)
  })
})

/** What a shell hands to vacli in the line. */
function wordsAfterVacli(line: string): string[] {
  const [, own] = /\bvacli ([^|<>)]*)/.exec(line)!
  return [...own!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!).filter(word => word !== '"')
}
