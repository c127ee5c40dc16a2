/** A name or an IPv4 address, without a port. */
export const hostName = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/
