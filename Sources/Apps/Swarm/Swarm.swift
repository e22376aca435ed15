// Swarm
