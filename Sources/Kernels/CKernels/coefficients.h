// Private: the constants of the elementary functions, common to the scalar definitions and the lanes.
#pragma once

// Adding and subtracting it rounds to the nearest integer; the low bits of the sum are that integer.
#define ROUNDER 12582912.0f
#define ROUNDER_64 6755399441055744.0

#define EXP_LOWEST -87.33654f
#define EXP_HIGHEST 88.72283f
#define LOG2_E 1.44269504f
#define EXP_LN2_HIGH 0.693145752f // 15 bits, so that n * it is exact
#define EXP_LN2_LOW 1.42860677e-6f
#define EXP_2 4.99999851e-1f
#define EXP_3 1.66664720e-1f
#define EXP_4 4.16695364e-2f
#define EXP_5 8.37312452e-3f
#define EXP_6 1.37805939e-3f

#define LOG_LOWEST_BITS 0x3F3504F3u // sqrt(1/2)
#define LN2_HIGH 0.693147182f
#define LN2_LOW -1.90465421e-9f
#define LOG_0 0.333333313f
#define LOG_1 -0.250008196f
#define LOG_2 0.200012267f
#define LOG_3 -0.166233569f
#define LOG_4 0.142017588f
#define LOG_5 -0.131601825f
#define LOG_6 0.12761575f
#define LOG_7 -0.0763449371f

#define TANH_SPLIT 0.625f
#define TANH_0 -0.333332747f
#define TANH_1 0.133312747f
#define TANH_2 -0.0537251271f
#define TANH_3 0.0205898266f
#define TANH_4 -0.00564831635f

#define TURN_MAX 131072.0f
#define TWO_PI 6.28318548f
#define TWO_OVER_PI 0.636619747f
#define HALF_PI_HIGH 1.57079637f
#define HALF_PI_MIDDLE -4.37113883e-8f
#define HALF_PI_LOW -1.71512451e-15f
#define SIN_0 -0.166666552f
#define SIN_1 0.00833215471f
#define SIN_2 -0.000195144123f
#define COS_0 0.0416666456f
#define COS_1 -0.00138873071f
#define COS_2 2.44321618e-5f

// GELU's tanh form is x * sigmoid(x * (GELU_0 + GELU_1 * x^2)): 2 sqrt(2/pi) and 0.044715 times it.
#define GELU_0 1.59576917f
#define GELU_1 0.0713548139f
#define GELU_SLOPE_1 0.214064434f // 3 GELU_1
#define GELU_FLAT 16.0f           // beyond it the slope is 0 or 1 to the last bit

#define LOG2_E_64 1.4426950408889634
#define LN2_HIGH_64 0x1.62e42fefa39efp-1
#define LN2_LOW_64 0x1.abc9e3b39803fp-56
#define LOG_LOWEST_BITS_64 0x3FE6A09E667F3BCDull
#define TURN_MAX_64 1073741824.0
#define TWO_OVER_PI_64 0.63661977236758138
#define HALF_PI_HIGH_64 0x1.921fb54442d18p+0
#define HALF_PI_MIDDLE_64 0x1.1a62633145c07p-54
#define HALF_PI_LOW_64 -0x1.f1976b7ed8fbcp-110
