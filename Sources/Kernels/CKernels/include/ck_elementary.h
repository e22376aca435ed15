// exp, log, tanh, sin, cos and powers from add, mul, div, sqrt, fma and integer operations only.
#pragma once

// Scalar definitions; vector kernels give the same bits. Domain and error are stated in elementary.c.
// ck_exp(NaN) is ck_exp of the lowest argument; operators hand a NaN on before they ask it.
float ck_exp(float x);
float ck_log(float x);
float ck_tanh(float x);
float ck_sin(float x);
float ck_cos(float x);
// fp64, for tables and step records made on the host.
double ck_exp64(double x);
double ck_log64(double x);
double ck_sin64(double x);
double ck_cos64(double x);
double ck_pow64(double base, double exponent); // exp64(exponent * log64(base)), base > 0
