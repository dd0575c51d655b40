const frozen = [
  Object,
  Array,
  String,
  Number,
  Boolean,
  Function,
  Map,
  Set,
  WeakMap,
  Promise,
  RegExp,
  Date,
  Error,
] as const

/** What programs do put on objects of their own under a name that a prototype has. */
const overridden = [
  [Object.prototype, Object.getOwnPropertyNames(Object.prototype)],
  [Function.prototype, ['toString']],
  [Error.prototype, ['name', 'message', 'toString', 'constructor']],
] as const

/**
 * Freezes the prototypes of what everything is made of: what arrives from outside can never change how objects behave. A
 * frozen property could not be assigned on an object that inherits it either (`error.name = …`), so those stay assignable
 * there. The second time nothing happens.
 */
export function freezeBuiltIns(): void {
  for (const [prototype, names] of overridden) {
    if (!Object.isFrozen(prototype)) for (const name of names) keepAssignable(prototype, name)
  }
  for (const { prototype } of frozen) Object.freeze(prototype)
}

function keepAssignable(prototype: object, name: string): void {
  const property = Object.getOwnPropertyDescriptor(prototype, name)
  if (!property || !('value' in property)) return
  const { value, enumerable = false } = property
  Object.defineProperty(prototype, name, {
    configurable: false,
    enumerable,
    get: () => value as unknown,
    set(this: object, given: unknown) {
      if (this === prototype) throw new TypeError(`${name} of a built-in cannot be changed`)
      Object.defineProperty(this, name, { value: given, writable: true, enumerable: true, configurable: true })
    },
  })
}
