import { checkNames, show } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';

/** The metadata quorum. */
export interface ControllerOptions {
  /** 1 (the default), 3 or 5: how many can fail is less than half. */
  readonly count?: number;
  /** The first brokers are the controllers, too, instead of nodes of their own. */
  readonly combined?: boolean;
}

const counts = [1, 3, 5];
/** Where Kafka's own test clusters begin to number controllers that are no brokers. */
const firstId = 3000;

const bad = (message: string): never => {
  throw new ClusterError('E_BAD_OPTION', message);
};

/** The node ids of the controllers; throws `ClusterError` for an option that is wrong. */
export function controllerIdsOf(
  option: number | ControllerOptions = 1,
  brokerIds: readonly number[],
): readonly number[] {
  const given = typeof option === 'number' ? { count: option } : option;
  checkNames('controllers', given, ['count', 'combined']);
  const { count = 1, combined = false } = given;
  if (!counts.includes(count))
    bad(`the number of controllers must be 1, 3 or 5, not ${show(count)}`);
  if (typeof combined !== 'boolean') bad('controllers.combined must be true or false');
  if (combined && count > brokerIds.length) {
    bad(`${count} combined controllers need as many brokers, not ${brokerIds.length}`);
  }
  if (combined) return brokerIds.slice(0, count);
  const free = Array.from({ length: count + brokerIds.length }, (_, index) => firstId + index);
  return free.filter((id) => !brokerIds.includes(id)).slice(0, count);
}
