%% @doc Which messages to an actor its reference answers by itself, in the sender's process: those of
%% Object and Actor that need nothing of the actor's state.
-module(beamtalk_actor_messages).

-export([is_local/2]).

%% Messages that the reference itself answers, in the sender's process, unless the actor's own
%% class or one between it and Actor defines them.
-spec is_local(atom(), module()) -> boolean().
is_local(Selector, Module) ->
    is_reference_selector(Selector) andalso
        not overridden(Module, Selector, beamtalk_selector:arity(Selector) + 1).

overridden('bt@stdlib@Actor', _, _) ->
    false;
overridden(nil, _, _) ->
    false;
overridden(Module, Selector, Arity) ->
    _ = erlang:module_loaded(Module) orelse code:ensure_loaded(Module),
    erlang:function_exported(Module, Selector, Arity) orelse
        overridden(beamtalk_class:super(Module), Selector, Arity).

is_reference_selector(stop) -> true;
is_reference_selector(kill) -> true;
is_reference_selector(isAlive) -> true;
is_reference_selector(class) -> true;
is_reference_selector(pid) -> true;
is_reference_selector(node) -> true;
is_reference_selector(monitor) -> true;
is_reference_selector('onExit:') -> true;
is_reference_selector('link:') -> true;
is_reference_selector('registerAs:') -> true;
is_reference_selector(unregister) -> true;
is_reference_selector(registeredName) -> true;
is_reference_selector(isRegistered) -> true;
is_reference_selector('withTimeout:') -> true;
is_reference_selector(isActor) -> true;
is_reference_selector(printString) -> true;
is_reference_selector(displayString) -> true;
is_reference_selector(asString) -> true;
is_reference_selector(inspect) -> true;
is_reference_selector(hash) -> true;
is_reference_selector('equals:') -> true;
is_reference_selector(yourself) -> true;
is_reference_selector(copy) -> true;
is_reference_selector(shallowCopy) -> true;
is_reference_selector(deepCopy) -> true;
is_reference_selector(isNil) -> true;
is_reference_selector(notNil) -> true;
is_reference_selector(isNotNil) -> true;
is_reference_selector('ifNil:') -> true;
is_reference_selector('ifNotNil:') -> true;
is_reference_selector('ifNil:ifNotNil:') -> true;
is_reference_selector('ifNotNil:ifNil:') -> true;
is_reference_selector('passTo:') -> true;
is_reference_selector('in:') -> true;
is_reference_selector('->') -> true;
is_reference_selector('respondsTo:') -> true;
is_reference_selector('isKindOf:') -> true;
is_reference_selector('isMemberOf:') -> true;
is_reference_selector('perform:') -> true;
is_reference_selector('perform:withArguments:') -> true;
is_reference_selector(fieldNames) -> true;
is_reference_selector(isString) -> true;
is_reference_selector(isSymbol) -> true;
is_reference_selector(isNumber) -> true;
is_reference_selector(isInteger) -> true;
is_reference_selector(isFloat) -> true;
is_reference_selector(isBoolean) -> true;
is_reference_selector(isCollection) -> true;
is_reference_selector(isList) -> true;
is_reference_selector(isArray) -> true;
is_reference_selector(isDictionary) -> true;
is_reference_selector(isSet) -> true;
is_reference_selector(isTuple) -> true;
is_reference_selector(isBlock) -> true;
is_reference_selector(isClass) -> true;
is_reference_selector(isBehaviour) -> true;
is_reference_selector('=:=') -> true;
is_reference_selector('=/=') -> true;
is_reference_selector('==') -> true;
is_reference_selector('/=') -> true;
is_reference_selector('~=') -> true;
is_reference_selector(_) -> false.

