// Preloaded into vacli: nothing ever says that a database may have lost calls. A negative control.
import { register } from 'node:module'

const hooks = `export const load = (url, context, next) => url.endsWith('/dist/domain/gap.js')
  ? { format: 'module', shortCircuit: true, source: 'export const findGap = () => undefined' }
  : next(url, context)`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
