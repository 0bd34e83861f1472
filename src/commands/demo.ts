import type { Context } from '../context.ts'
export async function runDemo(_context: Context, _flags: { keep?: boolean }): Promise<void> {}
