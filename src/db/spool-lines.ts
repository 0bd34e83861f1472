const CHUNK = 100

/** How records of one kind come out again. */
export interface SpoolHandler<Value> {
  /** What a line holds; undefined when it is none of this kind. */
  read(line: unknown): Value | undefined
  /** Saves them and gives back those that can never be saved; throws where the database fails. They may have been saved before: a process can end between this and the removal of the file. */
  save(values: Value[]): Promise<Value[]>
}

interface Understood<Value> { line: string, value: Value }

/** Saves what the lines hold. Gives back the lines that cannot be read or will never be taken; throws where nothing can be saved now. */
export async function saveLines<Value>(lines: string[], { read, save }: SpoolHandler<Value>): Promise<{ saved: number, refused: string[] }> {
  const understood: Understood<Value>[] = []
  const refused: string[] = []
  for (const line of lines) {
    const value = read(parseLine(line))
    if (value === undefined)
      refused.push(line)
    else
      understood.push({ line, value })
  }
  for (let at = 0; at < understood.length; at += CHUNK)
    refused.push(...await saveChunk(understood.slice(at, at + CHUNK), save))
  return { saved: lines.length - refused.length, refused }
}

async function saveChunk<Value>(chunk: Understood<Value>[], save: SpoolHandler<Value>['save']): Promise<string[]> {
  try {
    return linesOf(chunk, await save(chunk.map(({ value }) => value)))
  }
  catch (error) {
    return saveOneByOne(chunk, save, error)
  }
}

// One record that the database will never take must not hold up the others. Unless the database says so of the record, it is only put aside when the database takes others right before it.
async function saveOneByOne<Value>(chunk: Understood<Value>[], save: SpoolHandler<Value>['save'], failure: unknown): Promise<string[]> {
  const refused: string[] = []
  const taken: Value[] = []
  const failed: Understood<Value>[] = []
  for (const one of chunk) {
    try {
      const never = await save([one.value])
      if (never.length > 0)
        refused.push(one.line)
      else
        taken.push(one.value)
    }
    catch (error) {
      if (isRefusal(error))
        refused.push(one.line)
      else
        failed.push(one)
    }
  }
  if (failed.length > 0 && taken.length === 0)
    throw failure

  for (const { line, value } of failed) {
    await save(taken.slice(0, 1))
    await save([value]).catch(() => refused.push(line))
  }
  return refused
}

function linesOf<Value>(chunk: Understood<Value>[], never: Value[]): string[] {
  const values = new Set(never)
  return chunk.filter(({ value }) => values.has(value)).map(({ line }) => line)
}

/** Whether the database works, and says that these values break a rule of it: they will break it the next time as well. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && (/^(?:SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)|2[23]...$)/.test(String((error as { code?: unknown }).code)) || isRefusal(error.cause))
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  }
  catch {
    return undefined
  }
}
