import type { BrokerConfiguration } from './broker-configuration.ts';
import { brokerValue, topicValue } from './effective-config.ts';
import { groupBounds } from './group-bounds.ts';

const failed = (requirement: string): string => `requirement failed: ${requirement}`;
const noTopic = new Map<string, string>();

function logConflict(broker: BrokerConfiguration): string | undefined {
  const topic = (name: string) => Number(topicValue(broker, noTopic, name));
  if (topic('segment.ms') < 1) return failed('log.roll.ms must be greater than or equal to 1');
  if (topic('segment.jitter.ms') < 0) {
    return failed('log.roll.jitter.ms must be greater than or equal to 0');
  }
  if (topic('retention.ms') === 0) {
    return failed('log.retention.ms must be unlimited (-1) or, greater than or equal to 1');
  }
  return undefined;
}

function replicaConflict(broker: BrokerConfiguration): string | undefined {
  const value = (name: string) => Number(brokerValue(broker, name));
  const waitMs = value('replica.fetch.wait.max.ms');
  if (waitMs > value('replica.socket.timeout.ms')) {
    return failed(
      'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms ' +
        'to prevent unnecessary socket timeouts',
    );
  }
  if (waitMs > value('replica.lag.time.max.ms')) {
    return failed(
      'replica.fetch.wait.max.ms should always be less than or equal to ' +
        'replica.lag.time.max.ms to prevent frequent changes in ISR',
    );
  }
  return undefined;
}

function networkConflict(broker: BrokerConfiguration): string | undefined {
  const perHost = brokerValue(broker, 'max.connections.per.ip');
  if (perHost === 0 && brokerValue(broker, 'max.connections.per.ip.overrides') === '') {
    return failed(
      'max.connections.per.ip can be set to zero only if ' +
        'max.connections.per.ip.overrides property is set.',
    );
  }
  return undefined;
}

function groupConflict(broker: BrokerConfiguration): string | undefined {
  const value = (name: string) => Number(brokerValue(broker, name));
  for (const { name, minimum, maximum } of groupBounds) {
    const own = `group.${name}`;
    const notLess = 'must be greater than or equal to';
    if (minimum !== null && value(maximum) < value(minimum)) {
      return `${maximum} ${notLess} ${minimum}`;
    }
    if (minimum !== null && value(own) < value(minimum)) return `${own} ${notLess} ${minimum}`;
    if (value(own) > value(maximum)) return `${own} must be less than or equal to ${maximum}`;
  }
  return undefined;
}

/** What a broker's configs, each right for itself, cannot be together; in Kafka's words. */
export function brokerConflict(broker: BrokerConfiguration): string | undefined {
  return (
    logConflict(broker) ??
    replicaConflict(broker) ??
    networkConflict(broker) ??
    groupConflict(broker)
  );
}
