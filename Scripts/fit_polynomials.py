#!/usr/bin/env python3
# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""Fits the polynomials of Sources/CKernels/vector_math_f32.h and prints their coefficients, constant term
first, with the largest weighted error. Needs numpy and mpmath.

Each fit is a weighted least-squares fit on Chebyshev nodes whose weights are moved, round by round, towards
the points of largest error, which brings it close to the minimax polynomial."""

import numpy as np, mpmath as mp
mp.mp.dps=40
def remez_like(f, a, b, deg, weight=lambda x:1.0, iters=60, n=400):
    # iteratively reweighted Chebyshev fit to near-minimax
    k=np.arange(n); x=(a+b)/2+(b-a)/2*np.cos(np.pi*(k+.5)/n)
    y=np.array([float(f(mp.mpf(t))) for t in x]); w=np.array([weight(t) for t in x])
    lw=np.ones(n)
    V=np.vander((2*x-a-b)/(b-a),deg+1,increasing=True)
    for _ in range(iters):
        c,*_=np.linalg.lstsq(V*(w*lw)[:,None],y*w*lw,rcond=None)
        e=np.abs((V@c-y)*w); lw=lw*np.sqrt(0.02+e/e.max()); lw/=lw.max()
    # convert to monomials in x via mp
    P=np.polynomial.polynomial.Polynomial(c,domain=[a,b],window=[-1,1]).convert(domain=[-1,1],window=[-1,1])
    return P.coef, e.max()
np.set_printoptions(precision=10)
ln2=float(mp.log(2))
# exp on [-ln2/2, ln2/2]: exp(r) = 1 + r + r^2 P(r)
c,e=remez_like(lambda r:(mp.e**r-1-r)/r**2 if r!=0 else mp.mpf(1)/2,-ln2/2,ln2/2,4,weight=lambda r:r*r)
print('exp r^2*P',list(c),e)
# log: log(1+f) for f in [sqrt(.5)-1, sqrt2-1]: f - f^2/2 + f^3 P(f)
c,e=remez_like(lambda f:(mp.log(1+f)-f+f*f/2)/f**3 if abs(f)>1e-12 else mp.mpf(1)/3, 2**-.5-1, 2**.5-1, 7, weight=lambda f: abs(f)**2+1e-9)
print('log f^3*P',list(c),e)
# sin on [-pi/4,pi/4]: r + r^3 P(r^2), cos 1 - r^2/2 + r^4 Q(r^2)
q=float(mp.pi/4)**2
c,e=remez_like(lambda s:(mp.sin(mp.sqrt(s))/mp.sqrt(s)-1)/s if s>1e-14 else mp.mpf(-1)/6,0,q,3,weight=lambda s:s+1e-9)
print('sin',list(c),e)
c,e=remez_like(lambda s:(mp.cos(mp.sqrt(s))-1+s/2)/s**2 if s>1e-14 else mp.mpf(1)/24,0,q,2,weight=lambda s:s*s+1e-9)
print('cos',list(c),e)
# tanh x in [0,.625]: x + x^3 P(x^2)
c,e=remez_like(lambda s:(mp.tanh(mp.sqrt(s))/mp.sqrt(s)-1)/s if s>1e-14 else mp.mpf(-1)/3,0,.625**2,4,weight=lambda s:s+1e-9)
print('tanh',list(c),e)
# erf |x|<1 : x*P(x^2)
c,e=remez_like(lambda s:mp.erf(mp.sqrt(s))/mp.sqrt(s) if s>1e-14 else 2/mp.sqrt(mp.pi),0,1.0,7)
print('erf small',list(c),e)
# erf |x| in [1,4]: erf = 1-exp(-x*G(x)) , G=-log(erfc(x))/x
c,e=remez_like(lambda x:-mp.log(mp.erfc(x)),0.9,4.05,9,weight=lambda x:float(mp.erfc(x)))
print('erf large -log erfc',list(c),e)
