import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { makePrivateFolder } from './private-folder.ts'

/** The secret that signs callback addresses: as set, else made on first need and kept beside the settings. */
export function getWebhookSecret({ webhook, paths }: Config): string {
  return webhook.secret ?? readSecret(join(paths.config, 'webhook.secret')) ?? makeSecret(paths.config)
}

function makeSecret(folder: string): string {
  makePrivateFolder(folder)
  const file = join(folder, 'webhook.secret')
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600 })
  try {
    // A link is made whole or not at all: of two processes that need a secret at once, both end with the same.
    linkSync(draft, file)
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw error
  }
  finally {
    rmSync(draft)
  }
  return readFileSync(file, 'utf8')
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined
    throw error
  }
}
