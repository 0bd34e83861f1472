// Preloaded into vacli: nothing ever says that a database may have lost calls. A negative control.
import { register } from 'node:module'

// In whichever chunk of the bundle the function stands; its name is that of src/domain/gap.ts, because nothing is minified.
const hooks = `export async function load(url, context, next) {
  const loaded = await next(url, context)
  const source = url.includes('/bundle/') ? Buffer.from(loaded.source).toString() : ''
  return source.includes('function findGap(')
    ? { ...loaded, source: source.replace('function findGap(', 'function findGap() {}\\nfunction honestFindGap(') }
    : loaded
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
