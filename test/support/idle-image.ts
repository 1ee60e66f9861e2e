/** An image that starts at once and listens nowhere, so that many can be started again and again. */
export const idleImage = { idle: { description: "does nothing", command: ["sleep", "86400"] } };
