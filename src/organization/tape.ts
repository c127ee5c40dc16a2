import type { Timestamp } from '../domain/clock.js'
import type { RefusalCode } from '../domain/refusal.js'

/** One call under /v1, with its request and its response. Never contains a token. */
export interface TapeEntry {
  request_id: string
  /** By the organization's clock. */
  at: Timestamp
  /** By the machine's clock. */
  receivedAt: Timestamp
  method: string
  url: string
  /** Without secrets: name, value, name, value, one a line. */
  headers: string
  operation: string | undefined
  group_id: string | undefined
  user_id: string | undefined
  /** As received, if it was readable; cut if it was too long to keep. */
  body: string | undefined
  isBodyCut: boolean
  /** Null if no response was sent. */
  status: number | null
  answer: string
  isAnswerCut: boolean
  refusal: { code: RefusalCode; message: string; hint: string | undefined } | undefined
  /** What a fault rule did to the call. */
  fault: { fault_id: string; effect: string; phase: 'before' | 'after' } | undefined
  /** Fields and parameters that had no effect. */
  ignored: string[]
  /** The ids of the behaviors that decided, as `Decided.text`. */
  decided: string
  duration_ms: number
  /** Whether the call has not been answered yet; such an entry is not on the tape. */
  isPending?: boolean
}

// An entry begins with 4-byte integers: its length, its status, its flags, the length of all its texts in bytes, and that
// of each one in UTF-16 code units. Three 8-byte floats follow, then the texts.
const statusAt = 1
const flagsAt = 2
const textBytesAt = 3
const textLengthsAt = 4
const textCount = 11
const timeAt = Math.ceil((textLengthsAt + textCount) / 2)
const durationAt = timeAt + 1
const receivedAt = durationAt + 1
const headBytes = 8 * (receivedAt + 1)

const bodyIsCut = 1
const answerIsCut = 2

/** Marks a text or a status that is missing. */
const none = -1

// Of a segment, in bytes. An entry that is larger gets a segment of its own size.
const smallestSegment = 8 * 1024
const largestSegment = 64 * 1024

/** A piece of the tape. Its entries lie between `begin` and `end`, which are multiples of 8. */
interface Segment {
  buffer: Buffer
  /** The same memory as 4-byte integers and as 8-byte floats. */
  words: Int32Array
  doubles: Float64Array
  begin: number
  end: number
}

/**
 * The entries of a journal as bytes, one after the other. Objects would live just long enough for the garbage collector
 * to copy them again and again, which took most of the time of the slowest responses, and half of the memory.
 */
export function createTape() {
  /** Oldest first. */
  let segments: Segment[] = []
  /** An emptied segment, to reuse for the next one. */
  let spare: Segment | undefined
  let bytes = 0
  let count = 0

  /** Returns a segment with room for `needed` bytes. A new one grows with the tape, to waste little memory. */
  function findRoom(needed: number): Segment {
    const last = segments.at(-1)
    if (last && last.end + needed <= last.buffer.length) return last
    const size = Math.max(needed, Math.min(Math.max(bytes, smallestSegment), largestSegment))
    const next = spare && spare.buffer.length >= size ? spare : createSegment(size)
    spare = undefined
    segments.push(next)
    return next
  }

  return {
    get bytes() {
      return bytes
    },
    get count() {
      return count
    },

    append(entry: TapeEntry) {
      const texts = textsOf(entry)
      // Written at once: each write costs more than joining the texts.
      const joined = texts.join('')
      // In UTF-8, each UTF-16 code unit takes at most three bytes.
      const segment = findRoom(headBytes + 3 * joined.length + 8)

      const { buffer, words, doubles, end } = segment
      const head = end / 4
      for (let index = 0; index < textCount; index++) words[head + textLengthsAt + index] = texts[index]?.length ?? none
      const textBytes = buffer.write(joined, end + headBytes)
      words[head + textBytesAt] = textBytes
      segment.end = 8 * Math.ceil((end + headBytes + textBytes) / 8)
      words[head] = segment.end - end
      words[head + statusAt] = entry.status ?? none
      words[head + flagsAt] = (entry.isBodyCut ? bodyIsCut : 0) | (entry.isAnswerCut ? answerIsCut : 0)
      doubles[end / 8 + timeAt] = entry.at
      doubles[end / 8 + durationAt] = entry.duration_ms
      doubles[end / 8 + receivedAt] = entry.receivedAt
      bytes += segment.end - end
      count++
    },

    dropOldest() {
      const [oldest] = segments
      if (!oldest) return
      const length = oldest.words[oldest.begin / 4] ?? 0
      oldest.begin += length
      bytes -= length
      count--
      if (oldest.begin < oldest.end) return
      oldest.begin = oldest.end = 0
      segments.shift()
      spare = oldest
    },

    clear() {
      segments = []
      spare = undefined
      bytes = count = 0
    },

    /** Oldest first. */
    list(): TapeEntry[] {
      const entries: TapeEntry[] = []
      for (const segment of segments) {
        const { words, begin, end } = segment
        for (let offset = begin; offset < end; offset += words[offset / 4] ?? 0) {
          entries.push(readEntry(segment, offset))
        }
      }
      return entries
    },
  }
}

function createSegment(size: number): Segment {
  const memory = new ArrayBuffer(8 * Math.ceil(size / 8))
  const [words, doubles] = [new Int32Array(memory), new Float64Array(memory)]
  return { buffer: Buffer.from(memory), words, doubles, begin: 0, end: 0 }
}

function readEntry({ buffer, words, doubles }: Segment, offset: number): TapeEntry {
  const head = offset / 4
  const textsAt = offset + headBytes
  const joined = buffer.toString('utf8', textsAt, textsAt + (words[head + textBytesAt] ?? 0))
  let at = 0
  const texts = Array.from({ length: textCount }, (_, index) => {
    const length = words[head + textLengthsAt + index] ?? none
    return length === none ? undefined : joined.slice(at, (at += length))
  })
  const status = words[head + statusAt] ?? none
  const flags = words[head + flagsAt] ?? 0
  return {
    ...readTexts(texts),
    at: doubles[offset / 8 + timeAt] ?? 0,
    receivedAt: doubles[offset / 8 + receivedAt] ?? 0,
    isBodyCut: (flags & bodyIsCut) !== 0,
    status: status === none ? null : status,
    isAnswerCut: (flags & answerIsCut) !== 0,
    duration_ms: doubles[offset / 8 + durationAt] ?? 0,
  }
}

function textsOf(entry: TapeEntry): (string | undefined)[] {
  const { request_id, method, operation, group_id, user_id, url, body, answer, refusal, fault, ignored, decided } =
    entry
  // Rare, so they share one text.
  const rest = refusal || fault || ignored.length > 0 ? JSON.stringify({ refusal, fault, ignored }) : undefined
  return [request_id, method, operation, group_id, user_id, url, body, answer, decided, rest, entry.headers]
}

function readTexts(texts: (string | undefined)[]) {
  const [request_id = '', method = '', operation, group_id, user_id, url = '', body, answer = '', ...others] = texts
  const [decided = '', rest, headers = ''] = others
  const { refusal, fault, ignored } = JSON.parse(rest ?? '{"ignored":[]}') as Pick<
    TapeEntry,
    'refusal' | 'fault' | 'ignored'
  >
  return {
    request_id,
    method,
    operation,
    group_id,
    user_id,
    url,
    body,
    answer,
    refusal,
    fault,
    ignored,
    decided,
    headers,
  }
}
