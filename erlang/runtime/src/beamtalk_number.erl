%% @doc Primitives of `Number': arithmetic and order with checked arguments, and functions of
%% `math'. The compiler inlines arithmetic on numbers; these are reached where it could not.
-module(beamtalk_number).

-export(['+'/2, '-'/2, '*'/2, '/'/2, '<'/2, '>'/2, '<='/2, '>='/2, '**'/2]).
-export(['printShowingDecimalPlaces:'/2, sqrt/1, 'log:'/2, ln/1, log2/1, log10/1, exp/1]).
-export([sin/1, cos/1, tan/1, sinh/1, cosh/1, tanh/1, asin/1, acos/1, atan/1, 'atan2:'/2]).
-export([asFloat/1, rounded/1, ceiling/1, floor/1, truncated/1, asString/1]).

%% Erlang's multiplication of larger integers takes minutes, in which the node does nothing else.
-define(MOST_BITS, 1 bsl 26).

-spec '+'(number(), term()) -> number().
'+'(A, B) when is_number(B) -> A + B;
'+'(A, B) -> mismatch(A, '+', B).

-spec '-'(number(), term()) -> number().
'-'(A, B) when is_number(B) -> A - B;
'-'(A, B) -> mismatch(A, '-', B).

-spec '*'(number(), term()) -> number().
'*'(A, B) when is_number(B) -> A * B;
'*'(A, B) -> mismatch(A, '*', B).

-spec '/'(number(), term()) -> float().
'/'(A, B) when is_number(B) -> A / B;
'/'(A, B) -> mismatch(A, '/', B).

-spec '<'(number(), term()) -> boolean().
'<'(A, B) when is_number(B) -> A < B;
'<'(A, B) -> mismatch(A, '<', B).

-spec '>'(number(), term()) -> boolean().
'>'(A, B) when is_number(B) -> A > B;
'>'(A, B) -> mismatch(A, '>', B).

-spec '<='(number(), term()) -> boolean().
'<='(A, B) when is_number(B) -> A =< B;
'<='(A, B) -> mismatch(A, '<=', B).

-spec '>='(number(), term()) -> boolean().
'>='(A, B) when is_number(B) -> A >= B;
'>='(A, B) -> mismatch(A, '>=', B).

%% Integers stay exact; a negative exponent gives a float.
-spec '**'(number(), term()) -> number().
'**'(A, B) when is_integer(A), is_integer(B), B >= 0 -> bounded_power(A, B);
'**'(A, B) when is_integer(A), is_integer(B) -> 1 / bounded_power(A, -B);
'**'(A, B) when is_number(B) -> math:pow(A, B);
'**'(A, B) -> mismatch(A, '**', B).

%% A power with too many digits is refused before it is computed.
bounded_power(A, B) when A >= -1, A =< 1; B < 64 -> power(A, B, 1);
bounded_power(A, B) ->
    case B * (length(integer_to_list(abs(A), 2)) - 1) of
        Bits when Bits > ?MOST_BITS ->
            Message = <<"Integer>>** has a result with too many digits">>,
            beamtalk_exception:raise(badarith, 'Integer', '**', Message, nil);
        _ ->
            power(A, B, 1)
    end.

power(_, 0, Result) -> Result;
power(Base, 1, Result) -> Base * Result;
power(Base, N, Result) when N band 1 =:= 1 -> power(Base * Base, N bsr 1, Base * Result);
power(Base, N, Result) -> power(Base * Base, N bsr 1, Result).

-spec mismatch(number(), atom(), term()) -> no_return().
mismatch(A, Selector, B) ->
    beamtalk_exception:type_error(class(A), Selector, <<"a Number">>, B).

class(A) when is_integer(A) -> 'Integer';
class(_) -> 'Float'.

-spec 'printShowingDecimalPlaces:'(number(), term()) -> binary().
'printShowingDecimalPlaces:'(A, Places) ->
    N = beamtalk_check:non_negative(Places, class(A), 'printShowingDecimalPlaces:'),
    iolist_to_binary(io_lib:format("~.*f", [N, float(A)])).

-spec sqrt(number()) -> float().
sqrt(A) -> math:sqrt(A).

-spec 'log:'(number(), term()) -> float().
'log:'(A, Base) ->
    case beamtalk_check:number(Base, class(A), 'log:') of
        2 -> math:log2(A);
        10 -> math:log10(A);
        B -> math:log(A) / math:log(B)
    end.

-spec ln(number()) -> float().
ln(A) -> math:log(A).

-spec log2(number()) -> float().
log2(A) -> math:log2(A).

-spec log10(number()) -> float().
log10(A) -> math:log10(A).

-spec exp(number()) -> float().
exp(A) -> math:exp(A).

-spec sin(number()) -> float().
sin(A) -> math:sin(A).

-spec cos(number()) -> float().
cos(A) -> math:cos(A).

-spec tan(number()) -> float().
tan(A) -> math:tan(A).

-spec sinh(number()) -> float().
sinh(A) -> math:sinh(A).

-spec cosh(number()) -> float().
cosh(A) -> math:cosh(A).

-spec tanh(number()) -> float().
tanh(A) -> math:tanh(A).

-spec asin(number()) -> float().
asin(A) -> math:asin(A).

-spec acos(number()) -> float().
acos(A) -> math:acos(A).

-spec atan(number()) -> float().
atan(A) -> math:atan(A).

-spec 'atan2:'(number(), term()) -> float().
'atan2:'(Y, X) when is_number(X) -> math:atan2(Y, X);
'atan2:'(Y, X) -> mismatch(Y, 'atan2:', X).

-spec asFloat(number()) -> float().
asFloat(A) -> float(A).

-spec rounded(number()) -> integer().
rounded(A) -> erlang:round(A).

-spec ceiling(number()) -> integer().
ceiling(A) -> erlang:ceil(A).

-spec floor(number()) -> integer().
floor(A) -> erlang:floor(A).

-spec truncated(number()) -> integer().
truncated(A) -> erlang:trunc(A).

-spec asString(number()) -> binary().
asString(A) -> beamtalk_print:print_string(A).
