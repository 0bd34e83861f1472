import { execFile } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const NOBODY = 65_534
const IS_ROOT = process.getuid?.() === 0
const DEBIAN = '/usr/lib/postgresql'

/** Where the server's programs are; undefined where this machine has none. */
export const POSTGRES_PROGRAMS = [
  ...(process.env.PATH ?? '').split(':'),
  ...(existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)).map(version => join(DEBIAN, version, 'bin')) : []),
].find(folder => ['initdb', 'pg_ctl', 'postgres'].every(name => existsSync(join(folder, name))))

export interface PostgresServer {
  /** The address of a database that is there and empty. */
  url: string
  start(): Promise<void>
  /** Ends it at once, as when it crashes. */
  crash(): Promise<void>
  remove(): Promise<void>
}

/** A server of an own on a free port of loopback, which the tests of one file share. It refuses to be run by root. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-postgres-'))
  chmodSync(folder, 0o700)
  if (IS_ROOT)
    chownSync(folder, NOBODY, NOBODY)
  const data = join(folder, 'data')
  const run = (name: string, args: string[]) => promisify(execFile)(join(POSTGRES_PROGRAMS!, name), args, { cwd: folder, ...(IS_ROOT ? { uid: NOBODY, gid: NOBODY } : {}) })
  const port = await freePort()
  const start = async () => void await run('pg_ctl', ['-D', data, '-o', `-p ${port} -h 127.0.0.1 -k '${folder}'`, '-l', join(folder, 'log'), '-w', 'start'])
  const crash = async () => void await run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop'])
  await run('initdb', ['-D', data, '-U', 'vacli', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'])
  await start()
  return {
    url: `postgres://vacli@127.0.0.1:${port}/postgres`, start, crash,
    async remove() {
      await crash().catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
