#!/usr/bin/env node
/** What a container's health check runs: exits 0 when the gateway is ready, or each named port of this machine answers. */
import { connect } from 'node:net';

const ready = () => fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health/ready`).then(answer => answer.ok);

const accepts = port =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => resolve(socket.end()));
    socket.once('error', reject);
  });

const ports = process.argv.slice(2);
const healthy = ports.length === 0 ? ready() : Promise.all(ports.map(accepts)).then(() => true);
process.exitCode = (await healthy.catch(() => false)) ? 0 : 1;
