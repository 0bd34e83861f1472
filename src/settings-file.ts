import { renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { readSettingsFile, verifySetting } from './config.ts'
import { makePrivateFolder } from './private-folder.ts'
import type { SettingKey } from './settings.ts'

/** Changes settings in the file; null takes one out. The file is readable by its owner alone and replaced as a whole. */
export function changeSettings(path: string, changes: Partial<Record<SettingKey, string | null>>): void {
  const settings = readSettingsFile(path)
  for (const [key, value] of Object.entries(changes) as [SettingKey, string | null][]) {
    if (value === null)
      delete settings[key]
    else
      settings[key] = verifySetting(key, value)
  }
  makePrivateFolder(dirname(path))
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}
