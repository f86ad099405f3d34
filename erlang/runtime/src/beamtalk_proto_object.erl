%% @doc Primitives of `ProtoObject'. The comparisons of terms are compiled in place; these are what
%% `perform:' finds.
-module(beamtalk_proto_object).

-export(['=:='/2, '=/='/2, '=='/2, '/='/2]).
-export([class/1, 'doesNotUnderstand:args:'/3, 'perform:'/2, 'perform:withArguments:'/3]).

-spec class(term()) -> beamtalk_class:class_object().
class(Self) -> beamtalk_class:class_object(Self).

-spec 'doesNotUnderstand:args:'(term(), atom(), [term()]) -> no_return().
'doesNotUnderstand:args:'(Self, Selector, Args) -> beamtalk_exception:dnu(Self, Selector, Args).

-spec 'perform:'(term(), atom()) -> term().
'perform:'(Self, Selector) -> beamtalk_object:'perform:'(Self, Selector).

-spec 'perform:withArguments:'(term(), atom(), term()) -> term().
'perform:withArguments:'(Self, Selector, Args) ->
    beamtalk_object:'perform:withArguments:'(Self, Selector, Args).

-spec '=:='(term(), term()) -> boolean().
'=:='(Self, Other) -> Self =:= Other.

-spec '=/='(term(), term()) -> boolean().
'=/='(Self, Other) -> Self =/= Other.

-spec '=='(term(), term()) -> boolean().
'=='(Self, Other) -> Self == Other.

-spec '/='(term(), term()) -> boolean().
'/='(Self, Other) -> Self /= Other.
