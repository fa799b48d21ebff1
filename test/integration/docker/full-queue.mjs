import { createServer } from 'node:net';

// Accepts nothing once it is stopped: the queue of two fills up, and the kernel drops what comes after.
const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  process.send(server.address().port);
});
