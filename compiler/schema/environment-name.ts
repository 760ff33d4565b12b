/** Keys that name a variable of the environment take this: what does not fit is likely to be the secret itself, and is not repeated. */
export const environmentNamePattern = '^[A-Za-z_][A-Za-z0-9_]*$';
