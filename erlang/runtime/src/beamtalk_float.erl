%% @doc Primitives of `Float' beyond those of `Number'.
-module(beamtalk_float).

-export(['roundToDecimals:'/2]).

-spec 'roundToDecimals:'(float(), term()) -> float().
'roundToDecimals:'(A, Places) ->
    N = beamtalk_check:non_negative(Places, 'Float', 'roundToDecimals:'),
    binary_to_float(iolist_to_binary(io_lib:format("~.*f", [max(N, 1), rounded(A, N)]))).

rounded(A, 0) -> float(round(A));
rounded(A, _) -> A.
