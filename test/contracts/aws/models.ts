import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A type of AWS's API, as botocore's service-2.json describes it. */
export type Shape = {
  type: string;
  required?: string[];
  members?: Record<string, Member>;
  /** Of a list. */
  member?: Member;
  flattened?: boolean;
  /** Of a map. */
  key?: Member;
  value?: Member;
  min?: number;
  max?: number;
  pattern?: string;
  enum?: string[];
  /** Exactly one member is set. */
  union?: boolean;
  /** The member that is the body of the HTTP request or answer. */
  payload?: string;
  /** Of an exception: what it is called on the wire, where that is not the shape's name, and its HTTP status. */
  error?: { code?: string; httpStatusCode?: number };
};

export type Member = {
  shape: string;
  /** Where it is in HTTP, if not in the body: `uri`, `querystring`, `header`, `headers`, `statusCode`. */
  location?: string;
  locationName?: string;
};

export type Operation = {
  http: { method: string; requestUri: string; responseCode?: number };
  input?: Member;
  output?: Member & { resultWrapper?: string };
  errors?: Member[];
};

/** The operations of one service that are used here, with the shapes that they need. */
export type ServiceModel = {
  source: string;
  protocol: 'json' | 'query' | 'rest-json';
  /** Of `X-Amz-Target`, in front of the operation; JSON protocols only. */
  targetPrefix?: string;
  operations: Record<string, Operation>;
  shapes: Record<string, Shape>;
};

/** Where the models are; written by refresh-models.ts. */
export const MODELS = fileURLToPath(new URL('../models/', import.meta.url));

const loaded = new Map<string, ServiceModel | undefined>();

/** @param service the name that AWS signs with. Undefined: no operation of this service is used here. */
export function modelOf(service: string): ServiceModel | undefined {
  if (!loaded.has(service)) {
    const file = `${MODELS}${service}.json`;
    const isKnown = /^[a-z-]+$/.test(service) && existsSync(file);
    loaded.set(service, isKnown ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
  }
  return loaded.get(service);
}

/** The shape of that name, which the model has: refresh-models.ts writes no model with a gap. */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`${model.source} lacks the shape ${name}`);
  return shape;
}
