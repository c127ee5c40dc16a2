import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ids, sandbox, temporaryFolder } from '../helper.js'
import { call } from '../http/sandbox/calls.js'

test('no id is used twice across restarts on the same file', async () => {
  const db = join(temporaryFolder(), 'sandbox.db')
  const given: string[] = []
  for (let run = 0; run < 3; run++) {
    const opened = await sandbox({ db })
    for (let calls = 0; calls < 3; calls++) {
      const body = { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown }
      const { group_id } = (await call(opened, 'org-a', 'POST', '/v1/groups', body)) as { group_id: string }
      given.push(group_id)
      // Even if the last one is deleted before the end.
      await call(opened, 'org-a', 'DELETE', `/v1/groups/${group_id}`)
    }
    await opened.close()
  }
  expect(new Set(given).size).toBe(9)
})
