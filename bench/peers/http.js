// What Node alone can do: parses the body, checks nothing, keeps nothing, and answers a body of the same size.
import { createServer } from 'node:http'
import { groupUser } from '../fixtures.js'

const answer = groupUser()
createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => (text += chunk))
  request.on('end', () => {
    const { duration_minutes } = JSON.parse(text)
    const body = JSON.stringify(duration_minutes === 0 ? { ...answer, expiration_date: null } : answer)
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
