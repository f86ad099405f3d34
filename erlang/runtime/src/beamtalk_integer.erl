%% @doc Primitives of `Integer': exact arithmetic, bits, and counting loops.
-module(beamtalk_integer).

-export(['div:'/2, '%'/2, 'floorDiv:'/2, 'mod:'/2, abs/1, isPrime/1, 'to:by:do:'/4]).
-export(['printString:'/2, 'bitAnd:'/2, 'bitOr:'/2, 'bitXor:'/2, 'bitShift:'/2, bitNot/1]).
-export([factorial/1, 'gcd:'/2]).

-compile({no_auto_import, [abs/1]}).

-spec 'div:'(integer(), term()) -> integer().
'div:'(A, B) -> A div integer(B, 'div:').

%% The remainder toward zero; of floats as well.
-spec '%'(number(), term()) -> number().
'%'(A, B) when is_integer(A), is_integer(B) -> A rem B;
'%'(A, B) when is_number(B) -> math:fmod(A, B);
'%'(A, B) when is_integer(A) -> beamtalk_exception:type_error('Integer', '%', <<"a Number">>, B);
'%'(_, B) -> beamtalk_exception:type_error('Float', '%', <<"a Number">>, B).

-spec 'floorDiv:'(integer(), term()) -> integer().
'floorDiv:'(A, B) ->
    Divisor = integer(B, 'floorDiv:'),
    case A rem Divisor of
        0 -> A div Divisor;
        Rest when (Rest < 0) =/= (Divisor < 0) -> A div Divisor - 1;
        _ -> A div Divisor
    end.

-spec 'mod:'(integer(), term()) -> integer().
'mod:'(A, B) ->
    Divisor = integer(B, 'mod:'),
    case A rem Divisor of
        Rest when Rest =/= 0, (Rest < 0) =/= (Divisor < 0) -> Rest + Divisor;
        Rest -> Rest
    end.

-spec abs(integer()) -> non_neg_integer().
abs(A) -> erlang:abs(A).

%% Trial division by 2, 3 and the numbers beside the multiples of 6.
-spec isPrime(integer()) -> boolean().
isPrime(N) when N < 2 -> false;
isPrime(N) when N < 4 -> true;
isPrime(N) when N rem 2 =:= 0; N rem 3 =:= 0 -> false;
isPrime(N) -> no_divisor(N, 5).

no_divisor(N, D) when D * D > N -> true;
no_divisor(N, D) when N rem D =:= 0; N rem (D + 2) =:= 0 -> false;
no_divisor(N, D) -> no_divisor(N, D + 6).

%% Counts from a float too.
-spec 'to:by:do:'(number(), term(), term(), term()) -> nil.
'to:by:do:'(Start, Stop, Step, Block) ->
    Class = beamtalk_class:class_name(Start),
    beamtalk_check:number(Stop, Class, 'to:do:'),
    beamtalk_check:block(Block, 1, Class, 'to:do:'),
    case Step of
        _ when not is_number(Step) -> beamtalk_check:number(Step, Class, 'to:by:do:');
        _ when Step > 0 -> up(Start, Stop, Step, Block);
        _ when Step < 0 -> down(Start, Stop, Step, Block);
        _ -> beamtalk_check:invalid(Class, 'to:by:do:', <<"expects a step other than 0">>, nil)
    end.

up(I, Stop, _, _) when I > Stop -> nil;
up(I, Stop, Step, Block) ->
    Block(I),
    up(I + Step, Stop, Step, Block).

down(I, Stop, _, _) when I < Stop -> nil;
down(I, Stop, Step, Block) ->
    Block(I),
    down(I + Step, Stop, Step, Block).

-spec 'printString:'(integer(), term()) -> binary().
'printString:'(A, Base) when is_integer(Base), Base >= 2, Base =< 36 -> integer_to_binary(A, Base);
'printString:'(_, Base) when is_integer(Base) ->
    beamtalk_check:invalid('Integer', 'printString:', <<"expects a base from 2 to 36">>, nil);
'printString:'(_, Base) ->
    integer(Base, 'printString:').

-spec 'bitAnd:'(integer(), term()) -> integer().
'bitAnd:'(A, B) -> A band integer(B, 'bitAnd:').

-spec 'bitOr:'(integer(), term()) -> integer().
'bitOr:'(A, B) -> A bor integer(B, 'bitOr:').

-spec 'bitXor:'(integer(), term()) -> integer().
'bitXor:'(A, B) -> A bxor integer(B, 'bitXor:').

-spec 'bitShift:'(integer(), term()) -> integer().
'bitShift:'(A, B) -> A bsl integer(B, 'bitShift:').

-spec bitNot(integer()) -> integer().
bitNot(A) -> bnot A.

%% The product is taken in halves, so that factors of like size are multiplied.
-spec factorial(integer()) -> pos_integer().
factorial(N) when N >= 0 -> product(1, max(N, 1));
factorial(_) ->
    beamtalk_check:invalid('Integer', factorial, <<"expects an Integer of at least 0">>, nil).

product(From, From) -> From;
product(From, To) ->
    Middle = (From + To) div 2,
    product(From, Middle) * product(Middle + 1, To).

-spec 'gcd:'(integer(), term()) -> non_neg_integer().
'gcd:'(A, B) -> gcd(erlang:abs(A), erlang:abs(integer(B, 'gcd:'))).

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

integer(X, Selector) -> beamtalk_check:integer(X, 'Integer', Selector).
