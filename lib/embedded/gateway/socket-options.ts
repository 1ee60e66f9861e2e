/**
 * Options of a socket, of which Node.js makes a copy. Where it has copied many kinds of them, V8 of Node 20 gives each
 * copy a hidden class of its own, and looks up all that is asked of it: five times what the socket takes otherwise. An
 * object without a prototype is copied another way.
 */
export function socketOptions<T extends object>(options: T): T {
  return Object.assign(Object.create(null), options);
}
