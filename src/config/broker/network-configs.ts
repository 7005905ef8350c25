import type { ConfigDefinition } from '../config-definition.ts';
import {
  atLeast,
  clusterWide,
  elements,
  int,
  list,
  long,
  perBroker,
  report,
  string,
} from '../define.ts';

export const networkConfigs: readonly ConfigDefinition[] = [
  list('listeners', 'PLAINTEXT://:9092', elements({ mayBeEmpty: false }), perBroker),
  list('advertised.listeners', null, elements({ mayBeEmpty: false })),
  string(
    'listener.security.protocol.map',
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    perBroker,
  ),
  int('socket.send.buffer.bytes', '102400', report),
  int('socket.receive.buffer.bytes', '102400', report),
  int('socket.request.max.bytes', '104857600', atLeast(1)),
  int('socket.listen.backlog.size', '50', atLeast(1), report),
  int('max.connections.per.ip', '2147483647', atLeast(0), clusterWide),
  string('max.connections.per.ip.overrides', '', clusterWide, report),
  int('max.connections', '2147483647', atLeast(0), clusterWide),
  int('max.connection.creation.rate', '2147483647', atLeast(0), clusterWide),
  long('connections.max.idle.ms', '600000'),
  int('connection.failed.authentication.delay.ms', '100', atLeast(0)),
  int('queued.max.requests', '500', atLeast(1), report),
  long('queued.max.request.bytes', '-1', report),
  int('num.network.threads', '3', atLeast(1), clusterWide, report),
];
