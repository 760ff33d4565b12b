export const adoptScenarios = [];
