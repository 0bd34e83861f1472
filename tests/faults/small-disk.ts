import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file system of so many megabytes; it needs the right to mount. */
export function mountSmallDisk(megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-full-'))
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', disk], { stdio: 'pipe' })
  }
  catch (error) {
    rmSync(folder, { recursive: true })
    throw new Error('a small disk cannot be mounted here: run this test as root, or in `unshare --user --map-root-user --mount`', { cause: error })
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', disk])
    rmSync(folder, { recursive: true })
  })
  return disk
}
