-module(language_native).
-export([twice/2, 'at:put:'/3, add_to/3, fail/1]).
twice(_Self, X) -> X * 2.
'at:put:'(_Self, A, B) -> {A, B}.
add_to(_Self, A, B) -> A + B.
fail(_Self) -> error(boom).
