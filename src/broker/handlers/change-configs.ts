import { ConfigResourceType } from '../../config/config-resource.ts';
import type { CallRequest, CallResponse } from '../../controller/controller-call.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Broker } from '../broker.ts';

type Call = 'alterConfigs' | 'incrementalAlterConfigs';

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/**
 * The controller decides about configs, but for one thing: those of a single broker are changed by
 * asking that very broker. What is refused here does not go on to the controller.
 */
export const changeConfigs =
  <Name extends Call>(call: Name) =>
  (
    broker: Broker,
    request: CallRequest<Name>,
    _context: unknown,
    reply: (outcome: CallResponse<Name> | 'close') => void,
  ): void => {
    const refused = request.resources.flatMap((resource) => {
      const errorMessage = problemOf(broker, resource);
      if (errorMessage === undefined) return [];
      const { resourceType, resourceName } = resource;
      return [{ errorCode: ErrorCode.INVALID_REQUEST, errorMessage, resourceType, resourceName }];
    });
    const allowed = (resource: Resource) => problemOf(broker, resource) === undefined;
    const resources = request.resources.filter(allowed);
    broker.callController(call, { ...request, resources }, (response) => {
      if (response === undefined) reply('close');
      else reply({ ...response, responses: [...refused, ...response.responses] });
    });
  };

function problemOf(broker: Broker, { resourceType, resourceName }: Resource): string | undefined {
  if (resourceType !== ConfigResourceType.BROKER || resourceName === '') return undefined;
  if (!/^[+-]?\d+$/.test(resourceName)) {
    return `Node id must be an integer, but it is: ${resourceName}`;
  }
  if (Number(resourceName) === broker.brokerId) return undefined;
  return `Unexpected broker id, expected ${broker.brokerId}, but received ${resourceName}`;
}
